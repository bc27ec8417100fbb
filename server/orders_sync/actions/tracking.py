"""Add or correct tracking numbers of parcels: contract §3a, `tracking`.

All items of one order succeed or fail together.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from orders_sync.actions import order_ids
from orders_sync.actions.closed_orders import closed
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.execute import Execution, execute
from orders_sync.actions.fulfill import number_replaced
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.actions.parcel_numbers import Numbers, echoed, has, in_words
from orders_sync.actions.undo_record import Patch
from orders_sync.db.tx import Tx
from orders_sync.rules.operator_state import Acknowledgement, Entry, Tracking, own_gid
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.parcels import Parcel, stands
from orders_sync.rules.timeline import brief, key
from orders_wire.actions import GivenParcel, TrackingBody
from orders_wire.texts import trimmed
from orders_wire.vocabulary import ErrorCode

_MAILED = "of a parcel that a customer was mailed of before nobody is mailed again"


def _run(tx: Tx, context: ActionContext, body: TrackingBody) -> Execution | Refusal:
    for n, item in enumerate(body.items):
        if item.url is not None and not _is_page(item.url):
            return Refusal(
                ErrorCode.INVALID_REQUEST, f"items[{n}].url: an address that begins with http:// or https://"
            )
    named = order_ids.find(tx.conn, tx.shop_id, _spellings(body))
    targets = {one.spelling: one.target for one in named}

    def decide(order: LockedOrder) -> Decision | Refusal:
        items = [item for item in body.items if targets[item.order_id] == order.order_id]
        return _decide(order, items, context, notify=body.notify)

    return execute(tx, context, named, body.expected_versions, decide)


def _spellings(body: TrackingBody) -> list[str]:
    return list(dict.fromkeys(item.order_id for item in body.items))


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, url))


def _decide(
    order: LockedOrder, items: Sequence[GivenParcel], context: ActionContext, *, notify: bool | None
) -> Decision | Refusal:
    shut = closed(order)
    if shut is not None:
        return shut
    numbers = Numbers(order, context, order.operator, notify)
    shown: dict[int, Shown] = {}
    given: list[str] = []
    remark: str | None = None
    for item in items:
        parcel = _chosen(order, item, numbers)
        if isinstance(parcel, Refusal):
            return parcel
        if parcel.id in shown:
            return Refusal(ErrorCode.INVALID_REQUEST, f"items: the parcel {parcel.gid} of {order.name} is named twice")
        tracking = Tracking(number=item.number, carrier=item.carrier, url=item.url)
        shown[parcel.id] = {"fulfillmentId": item.fulfillment_id or parcel.gid, "tracking": echoed(tracking)}
        if has(parcel, tracking):
            continue
        if numbers.placeholder(item.number) and parcel.number and not numbers.placeholder(parcel.number):
            message = f"{item.number} is a placeholder (PLACEHOLDER_NUMBERS): {parcel.number} of {order.name} stays"
            return Refusal(ErrorCode.INVALID_REQUEST, message)
        if context.mails(notify) and numbers.mailed(parcel):
            remark = _MAILED
        numbers = numbers.given(parcel, tracking)
        given.append(in_words(tracking))
    if not given:
        return Decision(order.operator, tuple(shown.values()), "the number was there already")
    details = f"{', '.join(given)}, by {context.actor.name}"
    note = Entry(ts=context.second, event="note", details=brief(details))
    operator = with_entry(numbers.operator, key("note", context.action_id), note)
    return Decision(operator, tuple(shown.values()), details, numbers.writes, numbers.altered, remark=remark)


def _chosen(order: LockedOrder, item: GivenParcel, numbers: Numbers) -> Parcel | Refusal:
    """The parcel that is named, else the only one that lacks a number, else the only one."""
    alive = [parcel for parcel in order.state.parcels if parcel.alive]
    wanted = trimmed(item.fulfillment_id or "")
    if wanted is not None:
        found = next((parcel for parcel in alive if wanted in _names(parcel, order.state)), None)
        return found or Refusal(ErrorCode.NOT_FOUND, f"{order.name} has no parcel {wanted}")
    shipped = [parcel for parcel in alive if parcel.shipped]
    left = [parcel for parcel in shipped if numbers.lacks(parcel, item.number)] or shipped
    if not left:
        return Refusal(ErrorCode.NOT_FOUND, f"{order.name} has no parcel")
    if len(left) > 1:
        what = "without a number" if numbers.lacks(left[0], item.number) else "with numbers"
        message = f"{order.name} has {len(left)} parcels {what}; name one: {', '.join(map(_listed, left))}"
        return Refusal(ErrorCode.AMBIGUOUS, message)
    return left[0]


def _names(parcel: Parcel, state: OrderState) -> set[str]:
    """What it may be called: also as the parcel of ours that it has replaced."""
    if parcel.ours:
        return {parcel.gid}
    before = {own_gid(each.acknowledgement.action_id) for each in state.settled if each.numbered == parcel.id}
    return {parcel.gid, str(parcel.id)} | before


def _listed(parcel: Parcel) -> str:
    told = ", ".join(text for text in (parcel.name, parcel.number) if text)
    return f"{parcel.gid} ({told})" if told else parcel.gid


def _restored(state: OrderState, patch: Patch) -> tuple[Shown, ...]:
    """The parcels whose numbers were taken back, with what they have now."""
    paths = {path.partition("/")[::2] for path in patch}
    found = [
        parcel
        for parcel in state.parcels
        if ("numbers", str(parcel.id)) in paths or ("acknowledgements", parcel.of_action) in paths
    ]
    return tuple({"fulfillmentId": parcel.gid, "tracking": echoed(parcel.tracking) or None} for parcel in found)


def _own_replaced(state: OrderState, action_id: str, acknowledgement: object) -> bool:
    """Whether the fulfilment that was made of an acknowledgement has another number than an operator gave it."""
    own = next((each for each in state.settled if each.acknowledgement.action_id == action_id), None)
    parcel = next((each for each in state.parcels if own is not None and each.id == own.numbered), None)
    given = Acknowledgement.model_validate(acknowledgement)
    return parcel is not None and parcel.in_shop is None and not stands(parcel.tracking, given)


def _message(_: TrackingBody, execution: Execution) -> str:
    remarks = sorted({done.decision.remark for done in execution.done if done.decision.remark is not None})
    return "; ".join([f"Tracking updated on {execution.orders}", *remarks])


TRACKING = ActionDefinition(
    "Add or correct tracking numbers of parcels",
    TrackingBody,
    run=_run,
    order_ids=_spellings,
    message=_message,
    restored=lambda *_: {},
    restored_parts=_restored,
    overtaken={"acknowledgements": _own_replaced, "numbers": number_replaced},
    refusals=(ErrorCode.AMBIGUOUS, ErrorCode.ORDER_CLOSED),
)
