"""Drafts as requests: which requests a draft takes, and the body of each: contract §3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from orders_tui.drafts import (
    AssignDraft,
    Draft,
    FulfillDraft,
    InventoryDraft,
    ReturnsDraft,
    SupportDraft,
    UndoDraft,
)
from orders_tui.errors import Refused
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.actions import Action, ActionAnswer

CHUNK = 250
"""More ids in one request are `too_large`."""


def split(draft: Draft) -> list[Draft]:
    """The draft as one draft per request: at most 250 orders each; a note, a return or a number goes to one order each."""
    return list(_split(draft))


def _split(draft: Draft) -> Iterator[Draft]:
    if isinstance(draft, UndoDraft) or (isinstance(draft, InventoryDraft) and not draft.order_ids):
        yield draft
    elif isinstance(draft, SupportDraft | ReturnsDraft):
        yield from (replace(draft, order_ids=(order_id,)) for order_id in draft.order_ids)
    elif isinstance(draft, FulfillDraft):
        numbered = [order_id for order_id in draft.order_ids if order_id in draft.parcels]
        bare = [order_id for order_id in draft.order_ids if order_id not in draft.parcels]
        yield from (replace(draft, order_ids=chunk, parcels={}) for chunk in _chunks(bare))
        yield from (replace(draft, order_ids=(o,), parcels={o: draft.parcels[o]}) for o in numbered)
    else:
        yield from (replace(draft, order_ids=chunk) for chunk in _chunks(draft.order_ids))


def _chunks(order_ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
    unique = list(dict.fromkeys(order_ids))
    for start in range(0, len(unique), CHUNK):
        yield tuple(unique[start : start + CHUNK])


async def send(api: SyncApi, draft: Draft, key: str, versions: Mapping[str, int]) -> ActionAnswer:
    """Sends one request. `versions` are those that the orders must still have. Raises ApiError."""
    from pydantic import ValidationError

    try:
        body = _body(draft, dict(versions) or None)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Refused(ErrorCode.INVALID_REQUEST, f"{where}: {first['msg']}") from error
    return await api.act(draft.verb, body, key)


def _body(draft: Draft, expected: dict[str, int] | None) -> Action:
    from orders_wire import actions

    match draft:
        case AssignDraft(order_ids, assignee):
            return actions.AssignBody(order_ids=list(order_ids), assignee=assignee, expected_versions=expected)
        case FulfillDraft(order_ids, parcels):
            parcel = parcels.get(order_ids[0])
            tracking = actions.GivenTracking(number=parcel.number, carrier=parcel.carrier) if parcel else None
            return actions.FulfillBody(order_ids=list(order_ids), tracking=tracking, expected_versions=expected)
        case SupportDraft((order_id,), note, conversation):
            return actions.SupportBody(
                order_id=order_id, note=note, conversation_id=conversation, expected_versions=expected
            )
        case ReturnsDraft((order_id,), action, note, return_id):
            return actions.ReturnsBody(
                order_id=order_id, action=action, note=note, return_id=return_id, expected_versions=expected
            )
        case InventoryDraft(sku, order_ids, note):
            return actions.InventoryBody(
                sku=sku, order_ids=list(order_ids) or None, note=note, expected_versions=expected
            )
        case UndoDraft(action_id):
            return actions.UndoBody(action_id=action_id)
    raise AssertionError("a request is about one order, or takes several")
