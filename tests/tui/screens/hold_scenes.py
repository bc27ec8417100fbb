"""Holds as an operator meets them: what is not held, what is, by this desk and by others, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW, ago
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.scene import Scene

from orders_tui.session.log import ActionState, OrderFailure
from orders_tui.session.view import RowView
from orders_wire.detail import FulfilledLine, HoldEntry, LineItem, OutboxEntry
from orders_wire.orders import Hold, Order, Outbound
from orders_wire.vocabulary import AlertType, ErrorCode, HoldReason, Issue, OutboundState, Role, Tab

UNITS = (
    LineItem(id="l1", sku="TEE-BLK-M", title="T-shirt, black, M", quantity=3, owed=3, requires_shipping=True),
    LineItem(id="l2", sku="MUG-01", title="Mug", quantity=1, owed=1, requires_shipping=True),
    LineItem(id="l3", title="Gift wrap, silver", quantity=1, owed=1, requires_shipping=True),
)
MINE = HoldEntry(
    id="gid://shopify/FulfillmentHold/1",
    reason=HoldReason.ADDRESS,
    note="street number is missing",
    since=ago(30),
    by="ana",
    ours=True,
    until=NOW + timedelta(days=3, hours=19),
)
DUE = HoldEntry(
    id="gid://shopify/FulfillmentHold/2",
    reason=HoldReason.CUSTOMER,
    note="is on holiday until the tenth and wants it then, not before",
    since=ago(140),
    by="bo",
    ours=True,
    until=ago(2),
    lines=[FulfilledLine(id="l1", sku="TEE-BLK-M", title="T-shirt, black, M", quantity=2)],
)
OTHERS = HoldEntry(
    id="gid://shopify/FulfillmentHold/3", reason=HoldReason.FRAUD, note="score 0.93", since=ago(52), by="Fraud Filter"
)
PAYMENT = HoldEntry(
    id="gid://shopify/FulfillmentHold/4",
    reason=HoldReason.PAYMENT,
    note="bank transfer",
    since=ago(9),
    by="bo",
    ours=True,
)


def keys(text: str) -> tuple[str, ...]:
    """The text as key presses."""
    names = {" ": "space", ":": "colon", "-": "minus"}
    return tuple(names.get(char, char) for char in text)


def open_order(session: FakeSession, lines: tuple[LineItem, ...] = UNITS, at: int = 0) -> Order:
    """The order on that row owes these lines and is not held."""
    order = session.table.view.rows[at].order.model_copy(update={"hold": None, "issue": None, "tracking": []})
    session.know(order, desk_data.detail(order).model_copy(update={"line_items": list(lines), "fulfillments": []}))
    return order


def held_order(session: FakeSession, *holds: HoldEntry, at: int = 0, lines: tuple[LineItem, ...] = UNITS) -> Order:
    """The order on that row is held by these."""
    first = holds[0]
    reason = Issue(first.reason) if first.reason.value in list(Issue) else Issue.MANUAL_CHECK
    hold = Hold(
        reason=reason, note=first.note, since=first.since, until=first.until, by=first.by if first.ours else None
    )
    alerts = [AlertType.HOLD_DUE] if any(each.until and each.until < NOW for each in holds) else []
    order = session.table.view.rows[at].order.model_copy(
        update={"hold": hold, "issue": reason, "alerts": alerts, "tracking": []}
    )
    told = {"line_items": list(lines), "fulfillments": [], "holds": list(holds)}
    session.know(order, desk_data.detail(order).model_copy(update=told))
    return order


def _open(session: FakeSession) -> None:
    open_order(session)


def _forty_lines(session: FakeSession) -> None:
    lines = (
        LineItem(id=f"l{n}", sku=f"SKU-{n:03}", title=f"Thing {n}", quantity=n, owed=n, requires_shipping=True)
        for n in range(1, 41)
    )
    open_order(session, tuple(lines))


def _held(*holds: HoldEntry) -> Callable[[FakeSession], None]:
    return lambda session: (held_order(session, *holds), None)[1]


def _held_in_part(session: FakeSession) -> None:
    lines = (UNITS[0].model_copy(update={"held": 2}), *UNITS[1:])
    held_order(session, DUE, lines=lines)


def _mixed(session: FakeSession) -> None:
    for at in range(3):
        open_order(session, at=at)
    for at, hold in ((3, MINE), (4, OTHERS), (5, MINE)):
        held_order(session, hold, at=at)


def _several_held(session: FakeSession) -> None:
    for at, hold in ((0, MINE), (1, OTHERS), (2, MINE), (3, PAYMENT)):
        held_order(session, hold, at=at)


def _as_operator(given: Callable[[FakeSession], None]) -> Callable[[FakeSession], None]:
    def operator(session: FakeSession) -> None:
        session.me_now = desk_data.ME.model_copy(update={"role": Role.OPERATOR})
        given(session)

    return operator


def _no_details(session: FakeSession) -> None:
    _held(MINE)(session)
    session.details_known = False
    session.details.clear()


def _refused_by_shopify(session: FakeSession) -> None:
    """A release of another app's hold came back: the hold is shown again, and what Shopify said."""
    order = held_order(session, OTHERS, DUE)
    dead = OutboxEntry(
        id="o9",
        target="shopify",
        kind="release_hold",
        state=OutboundState.DEAD,
        attempts=1,
        created_at=ago(0.1),
        last_error="another app holds it: Shopify lets only that app release it (INVALID_ACCESS)",
    )
    detail = session.details[order.id].model_copy(update={"outbox": [dead]})
    session.know(order.model_copy(update={"outbound": Outbound(failed=1)}), detail)


def _holds_of_all_kinds(session: FakeSession) -> None:
    session.put(rows=tuple(RowView(order) for order in desk_data.of_tab(Tab.HOLDS)))
    for at, hold in enumerate((MINE, DUE, OTHERS, PAYMENT) * 2):
        held_order(session, hold, at=at)


def _hold_failed(session: FakeSession) -> None:
    order_id = session.table.view.rows[0].order.id
    session.settle(ActionState.FAILED, (OrderFailure(order_id, ErrorCode.ON_HOLD, "TEE-BLK-M: 3 are held already"),))


MARK_SIX, MARK_FOUR = ("space",) * 6, ("space",) * 4
HOLDS = [
    Scene("hold", ("H",), given=_open),
    Scene("hold_until", ("H", *"jjjj", "tab", *keys("on holiday"), "tab", *keys("mon 9:00"), "ctrl+t"), given=_open),
    Scene("hold_until_past", ("H", "j", "tab", "tab", *keys("today 9:00"), "ctrl+s"), given=_open),
    Scene("hold_lines", ("H", "j", "tab", "tab", "tab", "minus", "j", "space"), given=_open),
    Scene("hold_forty_lines", ("H", "j", "tab", "tab", "tab", *"jjjjjj", "space"), given=_forty_lines),
    Scene("hold_the_rest", ("H", "ctrl+t", "j"), given=_held_in_part),
    Scene("hold_mixed", (*MARK_SIX, "H", "j"), given=_mixed),
    Scene("holds", ("H",), given=_held(MINE, DUE, OTHERS)),
    Scene("holds_of_others", ("H", "space"), given=_held(OTHERS)),
    Scene("holds_loading", ("H",), given=_no_details),
    Scene("release_several", (*MARK_FOUR, "H"), given=_several_held),
    Scene("release_needs_lead", ("H",), given=_as_operator(_held(PAYMENT, MINE))),
    Scene("release_several_needs_lead", (*MARK_FOUR, "H"), given=_as_operator(_several_held)),
    Scene("order_holds", ("enter",), given=_held(MINE, DUE, OTHERS)),
    Scene("release_refused", ("enter",), given=_refused_by_shopify),
    Scene("outcome_hold_failed", ("H", "j", "enter"), given=_open, then=_hold_failed),
    Scene("outcome_held", ("H", "j", "enter"), given=_open, then=lambda session: session.settle()),
    Scene("tab_holds_due", ("7",), given=_holds_of_all_kinds),
]
