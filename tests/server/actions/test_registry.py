"""The table of actions: every name of the wire has its entry, which takes the body of its request."""

from __future__ import annotations

import pytest
from aiohttp.web import RouteDef

from orders_sync.actions.registry import ACTIONS
from orders_sync.routes.actions import routes
from orders_wire import operations
from orders_wire.actions import (
    AddressBody,
    AssignBody,
    CancelBody,
    FulfillBody,
    HoldBody,
    InventoryBody,
    NoteBody,
    ReleaseBody,
    ReturnsBody,
    SupportBody,
    TagsBody,
    TrackingBody,
    UndoBody,
)
from orders_wire.vocabulary import ActionName

BODIES = {
    ActionName.ASSIGN: AssignBody,
    ActionName.FULFILL: FulfillBody,
    ActionName.SUPPORT: SupportBody,
    ActionName.RETURNS: ReturnsBody,
    ActionName.INVENTORY: InventoryBody,
    ActionName.TRACKING: TrackingBody,
    ActionName.HOLD: HoldBody,
    ActionName.RELEASE: ReleaseBody,
    ActionName.TAGS: TagsBody,
    ActionName.ADDRESS: AddressBody,
    ActionName.NOTE: NoteBody,
    ActionName.CANCEL: CancelBody,
    ActionName.UNDO: UndoBody,
}


@pytest.mark.parametrize("kind", ActionName)
def test_every_action_has_an_entry(kind: ActionName) -> None:
    assert ACTIONS[kind].body is BODIES[kind]


def test_every_action_of_the_wire_has_a_route() -> None:
    expected = {(operation.method, operation.path) for operation in operations.ACTIONS.values()}
    assert {(route.method, route.path) for route in routes if isinstance(route, RouteDef)} == expected
