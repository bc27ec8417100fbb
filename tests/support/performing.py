"""Actions on an open connection, as their routes perform them: every receiver is on, and every caller a lead."""

from __future__ import annotations

from typing import Any

from tests.support.acting import ALL_ON

from orders_sync.actions.context import ActionSettings, Actor
from orders_sync.actions.perform import Request, Response, perform
from orders_sync.actions.registry import ACTIONS
from orders_sync.db.tx import Tx
from orders_sync.instants import HOUR
from orders_sync.outbox.queue import Switches
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settings import Settings
from orders_wire.vocabulary import ActionName

_SETTINGS = ActionSettings(Thresholds(), Switches.of(Settings.model_validate(ALL_ON)), HOUR, lambda: "0123abcd")


def act(tx: Tx, name: ActionName, body: dict[str, Any], action_id: str) -> Response:
    """Somebody does something, which leaves at once; what an order is not for is refused."""
    definition = ACTIONS[name]
    wish = definition.body.model_validate({"delaySeconds": 0, **body})
    return perform(tx, Request(name, definition, wish, Actor("ana", lead=True), action_id), _SETTINGS)
