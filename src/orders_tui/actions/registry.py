"""Every action, by the name that contract §3 gives it."""

from __future__ import annotations

from collections.abc import Mapping

from orders_tui.actions.address import AddressDraft
from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.cancel import CancelDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.note import NoteDraft
from orders_tui.actions.release import ReleaseDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.support import SupportDraft
from orders_tui.actions.tags import TagsDraft
from orders_tui.actions.tracking import TrackingDraft
from orders_tui.actions.undo import UndoDraft
from orders_wire.vocabulary import ActionName

ACTIONS: Mapping[ActionName, type[Draft]] = {
    kind.action: kind
    for kind in (
        AssignDraft,
        FulfillDraft,
        SupportDraft,
        ReturnsDraft,
        InventoryDraft,
        TrackingDraft,
        HoldDraft,
        ReleaseDraft,
        TagsDraft,
        AddressDraft,
        NoteDraft,
        CancelDraft,
        UndoDraft,
    )
}
