"""The two flows that the contract's authors ask for, from the key to the committed row: returns, and inventory escalation.

The client is on a real terminal, its server real, and between them something that can hold every byte back: what the operator
did is on the screen before the server has heard of it, and in the end the screen holds what the server holds.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.conftest import Desk, running
from tests.support.proxy import Proxy, between
from tests.support.terminal import Terminal, client

from orders_tui import wording
from orders_wire.vocabulary import ReturnState

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("flows")]

PATIENCE_S = 30
CTRL_S = "\x13"
HELD = "‖ h"
"""A held order's flag, however short it is written."""
INSPECTION = wording.return_state(ReturnState.INSPECTION).word


@dataclass
class Flow:
    """A server, an operator at a terminal, and what is between them."""

    desk: Desk
    proxy: Proxy
    terminal: Terminal

    def order(self, number: str) -> dict[str, Any]:
        """The order as the server has it."""
        body: dict[str, Any] = self.desk.get("/sync/orders/" + number.replace("#", "%23")).json()
        return body

    def find(self, fits: Callable[[dict[str, Any]], object], **params: str | int) -> str:
        """The number of an order that fits."""
        slice_: Any = self.desk.page(pageSize=250, **params)["orders"]
        return str(next(item["order_number"] for item in slice_["items"] if fits(item)))

    def see(self, holds: Callable[[str], object]) -> None:
        """Waits until the screen, as one text, is as wanted."""
        self.terminal.wait_for(lambda lines: bool(holds("\n".join(lines))), PATIENCE_S)

    def press(self, key: str, holds: Callable[[str], object]) -> None:
        """Presses a key in a dialog until it has its effect: a dialog drops keys that came before it could be read."""
        for _ in range(PATIENCE_S):
            self.terminal.press(key)
            with suppress(TimeoutError):
                self.terminal.wait_for(lambda lines: bool(holds("\n".join(lines))), 1)
                return
        raise AssertionError(f"{key!r} had no effect")

    def row(self, number: str, sign: str) -> None:
        """Waits until the order's row has this sign in its gutter."""
        self.terminal.wait_for(
            lambda lines: any(sign in line[:4] and number in line[:14] for line in lines), PATIENCE_S
        )

    def only(self, tab: str, number: str) -> None:
        """Shows one order in a tab."""
        self.terminal.press(tab)
        self.terminal.press("/")
        self.see(lambda text: "several tokens" in text)
        self.terminal.press(number)
        self.see(lambda text: re.search(f"│ +/ +{number} ", text))
        self.press(CTRL_S, lambda text: "several tokens" not in text)
        self.see(lambda text: "1–1 of 1" in text and f"▸   {number} " in text)

    def until(self, holds: Callable[[], object]) -> None:
        """Waits for the server."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(scope="module")
def own_desk() -> Iterator[Desk]:
    with running("400", module=["tests.support.patient_demo"]) as desk:
        yield desk


@pytest.fixture
def flow(own_desk: Desk, tmp_path: Path) -> Iterator[Flow]:
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with between(own_desk.url) as proxy, Terminal(client(proxy.url, "--as", "ana"), env) as terminal:
        flow = Flow(own_desk, proxy, terminal)
        flow.see(lambda text: "● live" in text)
        yield flow


def may(action: str) -> Callable[[dict[str, Any]], bool]:
    return lambda item: action in item["return"]["allowed_actions"]


def test_a_return_moves_on_the_screen_first_and_then_on_the_server(flow: Flow) -> None:
    number = flow.find(may("request_inspection"), tab="returns")
    before = flow.order(number)["return"]["state"]
    flow.only("8", number)
    flow.terminal.press("r")
    flow.see(lambda text: f"Return of {number}" in text)
    flow.proxy.hold()
    flow.press(CTRL_S, lambda text: f"Return of {number}" not in text)
    flow.row(number, "…")
    flow.see(lambda text: INSPECTION in text)
    assert flow.order(number)["return"]["state"] == before
    flow.proxy.release()
    flow.until(lambda: flow.order(number)["return"]["state"] == "inspection")
    flow.see(lambda text: "1 sending" not in text and INSPECTION in text)
    flow.terminal.press("u")
    flow.until(lambda: flow.order(number)["return"]["state"] == before)


def test_a_return_that_somebody_else_ended_rolls_back_and_says_why(flow: Flow) -> None:
    number = flow.find(may("request_inspection"), tab="returns")
    flow.only("8", number)
    flow.terminal.press("r")
    flow.see(lambda text: f"Return of {number}" in text)
    flow.proxy.hold()
    url = f"{flow.desk.url}/sync/orders/returns"
    denied = httpx.post(url, json={"orderId": number, "action": "deny"}, headers={"X-Operator": "bo"})
    assert denied.json()["success"]
    flow.press(CTRL_S, lambda text: f"Return of {number}" not in text)
    flow.row(number, "…")
    flow.proxy.release()
    flow.see(lambda text: "returns not done" in text)
    assert flow.order(number)["return"]["state"] == "denied"
    flow.see(lambda text: "1 sending" not in text)


def test_a_stock_out_holds_its_order_on_the_screen_first_and_undo_lets_it_go(flow: Flow) -> None:
    number = flow.find(lambda item: item["hold"] is None and item["issue"] is None, tab="unfulfilled")
    sku = next(line["sku"] for line in flow.order(number)["line_items"] if line["owed"] and line["sku"])
    flow.only("2", number)
    flow.terminal.press("i")
    flow.see(lambda text: "stock-out" in text and "SKU" in text)
    flow.terminal.press(sku)
    if not any(f"▸ only {number}" in line for line in flow.terminal.lines()):
        flow.press("\x14", lambda text: f"▸ only {number}" in text)
    flow.proxy.hold()
    flow.press(CTRL_S, lambda text: "stock-out" not in text)
    flow.row(number, "…")
    assert flow.order(number)["issue"] is None
    flow.proxy.release()
    flow.until(lambda: flow.order(number)["issue"] == "inventory")
    flow.see(lambda text: "1 sending" not in text and HELD in text)
    flow.terminal.press("u")
    flow.until(lambda: flow.order(number)["issue"] is None)
