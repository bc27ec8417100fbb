"""Cancelling, and accepting a request for a return, from the key to the simulated shop and back to the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.demo_desk import DemoDesk, Operator, demo_desk

from orders_tui.actions.cancel import payback
from orders_tui.dialogs.cancel import CancelDialog
from orders_tui.dialogs.returns import ReturnDialog
from orders_tui.query import Filters, OrdersQuery
from orders_wire.detail import OrderDetail
from orders_wire.orders import Order
from orders_wire.vocabulary import Status, Tab

pytestmark = pytest.mark.e2e

MORNING = datetime(2026, 3, 10, 8, 40, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


def cancellable(order: Order) -> bool:
    unsent = order.status is Status.AWAITING_FULFILLMENT and not order.tracking
    return unsent and order.return_ is None and order.hold is None


async def show(operator: Operator, tab: Tab, fits: Callable[[Order], bool]) -> OrderDetail:
    """Just an order of the tab that fits is on show, and all that is known of it is here."""
    table = operator.session.table
    table.show(OrdersQuery(tab, page_size=250))
    await operator.until(lambda: table.view.query.tab is tab and not table.view.loading and table.view.rows)
    found = next(row.order for row in table.view.rows if fits(row.order))
    table.show(OrdersQuery(Tab.ALL, Filters(words=found.order_number)))
    await operator.until(lambda: [row.order.id for row in table.view.rows] == [found.id] and table.detail(found.id))
    detail = table.detail(found.id)
    assert detail is not None
    return detail


async def open_dialog(operator: Operator) -> None:
    await operator.press("colon", "TEXT:cancel customer", "enter")
    await operator.until(lambda: isinstance(operator.app.screen, CancelDialog) and "Shopify cancels" in operator.screen)


async def confirm(operator: Operator, order: OrderDetail) -> None:
    """A large amount is typed."""
    await operator.pilot.pause(0.2)
    await operator.press("tab", "tab", f"TEXT:{payback(order).typed}", "ctrl+s")


async def status(desk: DemoDesk, order: Order) -> tuple[str, bool]:
    """What the server has: its status, and whether it is being cancelled."""
    body = await desk.get(f"/sync/orders/{order.id.rpartition('/')[2]}")
    return body["status"], body["cancelling"] is not None


async def test_an_order_is_cancelled_from_the_word_to_the_shop_or_taken_back(tmp_path: Path) -> None:
    async with demo_desk(tmp_path, 60, MORNING) as desk, desk.client(tmp_path) as operator:
        order = await show(operator, Tab.UNFULFILLED, cancellable)
        await open_dialog(operator)
        await confirm(operator, order)
        await operator.until(lambda: "u takes it back for 10 s" in operator.screen)
        assert "⊖ cancelling" in operator.screen
        assert await status(desk, order) == ("awaiting_fulfillment", True)
        await operator.press("u")
        await operator.until(lambda: "cancelling" not in operator.screen)
        assert await status(desk, order) == ("awaiting_fulfillment", False)
        await open_dialog(operator)
        await confirm(operator, order)
        await operator.until(lambda: "u takes it back for 10 s" in operator.screen)
        await desk.later(11)
        await operator.until(lambda: "⊘ cancelled" in operator.screen and "cancelling" not in operator.screen)
        assert await status(desk, order) == ("cancelled", False)
        mutations = [entry.name for entry in desk.simulation.stage.ledger.entries if entry.kind == "mutation"]
        assert mutations.count("orderCancel") == 1


async def acts(desk: DemoDesk, name: str, action: str, body: dict[str, object]) -> None:
    """Somebody does it at another client."""
    url = f"{desk.url}/sync/orders/{action}"
    async with desk.session.post(url, json=body, headers={"X-Operator": name}) as answer:
        answer.raise_for_status()


async def test_of_who_fulfils_and_who_cancels_the_second_is_told_and_sees_nothing_false(tmp_path: Path) -> None:
    async with demo_desk(tmp_path, 60, MORNING) as desk, desk.client(tmp_path) as operator:
        order = await show(operator, Tab.UNFULFILLED, cancellable)
        await open_dialog(operator)
        async with desk.untold():
            await acts(desk, "maya", "fulfill", {"orderIds": [order.id]})
            await confirm(operator, order)
            await operator.until(lambda: "not being cancelled" in operator.screen)
        await operator.until(lambda: "by maya" in operator.screen and "⊖" not in operator.screen)
        assert (await status(desk, order))[1] is False

        order = await show(operator, Tab.UNFULFILLED, lambda row: cancellable(row) and row.id != order.id)
        await operator.press("f")
        await operator.until(lambda: "ctrl+s fulfil" in operator.screen)
        async with desk.untold():
            wish = {"orderId": order.id, "reason": "staff", "refund": "none", "restock": False}
            await acts(desk, "maya", "cancel", wish)
            await operator.pilot.pause(0.2)
            await operator.press("ctrl+s")
            await operator.until(lambda: "not marked as fulfilled" in operator.screen)
        await operator.until(lambda: "⊖ cancelling" in operator.screen and "● fulfilled" not in operator.screen)
        assert await status(desk, order) == ("awaiting_fulfillment", True)


async def test_a_request_is_accepted_in_the_shop(tmp_path: Path) -> None:
    async with demo_desk(tmp_path, 60, MORNING) as desk, desk.client(tmp_path) as operator:
        assert desk.simulation.life.tick("asked_for")
        await desk.later(1)
        order = await show(operator, Tab.RETURNS, lambda row: row.return_ is not None and row.return_.requested)
        assert "requested" in operator.screen
        await operator.press("r")
        await operator.until(lambda: isinstance(operator.app.screen, ReturnDialog))
        await operator.pilot.pause(0.2)
        await operator.press("ctrl+n", "ctrl+s")
        await operator.until(lambda: "u takes it back" in operator.screen)
        assert "requested" not in operator.screen
        await desk.later(11)
        body = await desk.get(f"/sync/orders/{order.id.rpartition('/')[2]}")
    assert (body["return"]["state"], body["return"]["requested"]) == ("awaiting_label", False)
    mutations = [entry.name for entry in desk.simulation.stage.ledger.entries if entry.kind == "mutation"]
    assert mutations.count("returnApproveRequest") == 1
