"""The first thing that a newcomer does: `orders-tui demo`. Contract §6."""

from __future__ import annotations

import re
from collections import Counter

import httpx
import pytest
from tests.e2e.conftest import Desk, running, stop

from orders_wire.page import OrdersPage
from orders_wire.vocabulary import ReturnState, Tab

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("demo")]


def everything(desk: Desk, **params: str | int) -> list[dict[str, object]]:
    """Every row of a view, by following `nextCursor`."""
    rows: list[dict[str, object]] = []
    cursor: str | None = "ofs:0"
    while cursor is not None:
        page = OrdersPage.model_validate(body := desk.page(pageSize=250, cursor=cursor, **params))
        orders = body["orders"]
        assert isinstance(orders, dict)
        rows += orders["items"]
        cursor = page.orders.page_info.next_cursor
    return rows


def test_the_server_names_its_address_once_it_answers(desk: Desk) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", desk.url)
    assert desk.get("/health").json()["service"] == "sync"


def test_the_whole_history_is_in(desk: Desk) -> None:
    assert OrdersPage.model_validate(desk.page()).metrics.total_orders == 2000


@pytest.mark.parametrize("tab", list(Tab))
def test_every_tab_has_as_many_rows_as_it_says_and_each_once(desk: Desk, tab: Tab) -> None:
    rows = everything(desk, tab=tab)
    page = OrdersPage.model_validate(desk.page(tab=tab))
    assert rows
    assert len({row["id"] for row in rows}) == len(rows) == page.tabs[tab] == page.metrics.total_orders


def test_every_return_state_has_at_least_five_orders(desk: Desk) -> None:
    states = Counter(row["return"]["state"] for row in everything(desk) if isinstance(row["return"], dict))
    assert {state: states[state] >= 5 for state in ReturnState} == dict.fromkeys(ReturnState, True)


def test_the_shop_trades_in_three_currencies_and_has_names_of_many_scripts(desk: Desk) -> None:
    rows = everything(desk)
    assert len({row["total"]["currency"] for row in rows if isinstance(row["total"], dict)}) >= 3
    assert any(not str(row["customer_name"]).isascii() for row in rows)


def test_an_order_in_detail_agrees_with_its_row(desk: Desk) -> None:
    row = everything(desk, tab="returns")[0]
    detail = desk.get("/sync/orders/" + str(row["order_number"]).replace("#", "%23")).json()
    assert {key: detail[key] for key in ("id", "status", "version", "return", "assigned_to")} == {
        key: row[key] for key in ("id", "status", "version", "return", "assigned_to")
    }


def test_colleagues_own_part_of_what_is_open_and_little_of_what_is_fresh(desk: Desk) -> None:
    waiting = sorted(everything(desk, tab="unfulfilled"), key=lambda row: str(row["placed_at"]))
    owned = [row["assigned_to"] != "unassigned" for row in waiting]
    assert {row["name"] for row in desk.get("/sync/owners").json()} == {"maya", "anton", "bo", "ines"}
    assert len(owned) / 5 < sum(owned) < len(owned) * 4 / 5
    assert sum(owned[-10:]) < 5


def test_the_demo_ignores_the_servers_own_settings_and_ends_with_open_streams_within_seconds() -> None:
    with (
        running("--orders", "20", "--seed", "1", "--still", env={"ORDERS_SYNC_NO_SUCH_SETTING": "1"}) as desk,
        httpx.stream("GET", desk.url + "/sync/orders/alerts", headers={"Accept": "text/event-stream"}) as stream,
    ):
        assert next(stream.iter_lines()).startswith("retry:")
        stop(desk.process)
        with pytest.raises(httpx.ConnectError):
            desk.get("/health")
