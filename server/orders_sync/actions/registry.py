"""The one table of what each action is on the server; its paths and roles are in `orders_wire.operations`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders_sync.actions import order_ids, undo
from orders_sync.actions.address import ADDRESS
from orders_sync.actions.assign import ASSIGN
from orders_sync.actions.cancel import CANCEL
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.fulfill import FULFILL
from orders_sync.actions.hold import HOLD
from orders_sync.actions.inventory import INVENTORY
from orders_sync.actions.note import NOTE
from orders_sync.actions.release import RELEASE
from orders_sync.actions.returns import RETURNS
from orders_sync.actions.support import SUPPORT
from orders_sync.actions.tags import TAGS
from orders_sync.actions.tracking import TRACKING
from orders_wire.actions import Action
from orders_wire.vocabulary import ActionName

_UNDOABLE: Mapping[ActionName, ActionDefinition[Any]] = {
    ActionName.ASSIGN: ASSIGN,
    ActionName.FULFILL: FULFILL,
    ActionName.SUPPORT: SUPPORT,
    ActionName.RETURNS: RETURNS,
    ActionName.INVENTORY: INVENTORY,
    ActionName.TRACKING: TRACKING,
    ActionName.HOLD: HOLD,
    ActionName.RELEASE: RELEASE,
    ActionName.TAGS: TAGS,
    ActionName.ADDRESS: ADDRESS,
    ActionName.NOTE: NOTE,
    ActionName.CANCEL: CANCEL,
}

ACTIONS: Mapping[ActionName, ActionDefinition[Any]] = {**_UNDOABLE, ActionName.UNDO: undo.definition(_UNDOABLE)}


def orders_locked(definition: ActionDefinition[Any], body: Action) -> list[int] | None:
    """The orders that an action will lock, as far as its body says; None when only the database knows."""
    named = definition.order_ids
    return None if named is None else order_ids.without_asking(named(body))
