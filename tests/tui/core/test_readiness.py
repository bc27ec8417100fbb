"""What says that an order can go: its flags and words, what an action makes of them, the filter, and older servers."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk
from tests.tui.core.samples import NOON, answer, gid, order, page

from orders_tui import export, wording
from orders_tui.actions.address import AddressDraft
from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.cancel import CancelDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.owed_lines import Part
from orders_tui.actions.release import ReleaseDraft
from orders_tui.actions.undo import UndoDraft
from orders_tui.plain.order_lines import describe
from orders_tui.query import OrdersQuery
from orders_tui.store.store import Store
from orders_tui.wording.readiness import blocked, with_others
from orders_wire.detail import Customer, LineItem, OrderDetail
from orders_wire.orders import Cancelling, Hold
from orders_wire.vocabulary import CancelReason, CancelRefund, HoldReason, Issue, Ready

ONE = gid(1)
HELD = Hold(reason=Issue.ADDRESS, since=NOON, by="ana")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, []),
        ({"ready": "yes"}, ["ready"]),
        ({"ready": "yes", "together": "g"}, ["ready", "ship together"]),
        ({"ready": "part", "blockers": ["stock:MUG-01"]}, ["ready in part: waits for MUG-01"]),
        ({"ready": "no"}, ["not ready"]),
        ({"ready": "no", "blockers": ["stock:A", "stock:B"]}, ["waits for A, B"]),
        ({"ready": "no", "blockers": ["stock:A", "stock:B", "stock:C"]}, ["waits for A, B and 1 more"]),
        ({"ready": "no", "blockers": ["payment", "shop"]}, ["not paid, the shop lets nothing go"]),
        ({"ready": "no", "blockers": ["hold:fraud"]}, ["held: fraud"]),
        ({"ready": "no", "blockers": ["moon_phase", "hold:moon"]}, ["moon phase, held: moon"]),
        ({"ready": "no", "blockers": ["hold:address"], "hold": HELD}, []),
        ({"ready": "no", "blockers": ["address"], "issue": Issue.ADDRESS}, []),
        ({"ready": "no", "blockers": ["hold:address", "payment"], "hold": HELD}, ["not paid"]),
        ({"ready": "no", "blockers": ["cancelling"], "cancelling": Cancelling(by="ana", at=NOON)}, []),
    ],
)
def test_a_row_says_why_it_cannot_go_unless_another_flag_does(told: dict[str, Any], words: list[str]) -> None:
    assert [sign.word for sign in wording.readiness(order(**told))] == words
    assert all(len(sign.short) <= 9 for sign in wording.readiness(order(**told)))


def test_others_that_go_with_it_are_named_or_how_they_are_found() -> None:
    assert with_others(order()) == ""
    assert with_others(order(together="g"), ["#1005"]) == "Ship together with #1005"
    assert with_others(order(together="g"), ["#1", "#2", "#3"]) == "Ship together with #1, #2 and 1 more"
    assert with_others(order(together="g"), (), "c") == "Ship together with others of this customer; c shows them"


CANCEL = CancelDraft((ONE,), CancelReason.STAFF, CancelRefund.NONE, restock=False, at=NOON, by="ana")
READY = {"ready": Ready.YES, "together": "g"}
BLOCKED = {"ready": Ready.NO, "blockers": ["address", "hold:address"], "hold": HELD, "together": "g"}


@pytest.mark.parametrize(
    ("draft", "before", "together"),
    [
        (FulfillDraft((ONE,)), READY, None),
        (FulfillDraft((ONE,), parts={ONE: Part((("l", 1),), 2)}), READY, "g"),
        (HoldDraft((ONE,), HoldReason.FRAUD, since=NOON), READY, "g"),
        (ReleaseDraft((ONE,)), BLOCKED, "g"),
        (AddressDraft((ONE,), address={"city": "Bonn"}), BLOCKED, "g"),
        (CANCEL, READY, "g"),
    ],
    ids=lambda value: value.word if isinstance(value, Draft) else "",
)
def test_what_an_action_changes_about_it_is_not_shown_until_the_server_says_it(
    draft: Draft, before: dict[str, object], together: str | None
) -> None:
    store = Store()
    store.absorb_page(OrdersQuery(), page([order(1, version=3, **before)], 10), 0.0)
    store.begin("k", draft)
    row = store.view(ONE)
    assert row is not None
    assert (row.ready, row.blockers, row.together) == (None, [], together)
    store.accept("k", answer({ONE: 4}, 13))
    store.begin("u", UndoDraft((ONE,), "act-1"))
    row = store.view(ONE)
    assert row is not None
    assert (row.ready, row.blockers) == (None, [])
    store.accept("u", answer({ONE: 5}, 14, action_id="act-2"))
    store.absorb_page(OrdersQuery(), page([order(1, version=5, **before)], 14), 1.0)
    assert store.view(ONE) == order(1, version=5, **before)


def test_another_owner_changes_nothing_about_it_and_refusals_bring_it_back() -> None:
    store = Store()
    store.absorb_page(OrdersQuery(), page([order(1, **READY)], 10), 0.0)
    store.begin("k", AssignDraft((ONE,), "ana"))
    store.begin("f", FulfillDraft((ONE,)))
    store.reject("f", "no")
    row = store.view(ONE)
    assert row is not None
    assert row.ready is Ready.YES


def test_what_goes_together_is_known_by_the_rows_as_they_are_shown() -> None:
    store = Store()
    store.absorb_page(OrdersQuery(), page([order(1, **READY), order(2, **READY), order(3, together="h")], 10), 0.0)
    assert [each.id for each in store.together("g")] == [gid(1), gid(2)]
    store.begin("k", FulfillDraft((gid(2),)))
    assert [each.id for each in store.together("g")] == [gid(1)]


LINES = [
    LineItem(id="l1", title="Cup", quantity=3, owed=3, sendable=2, short=1, available=-1, requires_shipping=True),
    LineItem(id="l2", title="Mug", quantity=1, owed=1, sendable=1, requires_shipping=True),
]


def test_without_a_screen_an_order_says_how_much_of_it_can_go() -> None:
    told = {"ready": "part", "blockers": ["stock:CUP"], "together": "g"}
    said = describe(OrderDetail(**dict(order(1, **told)), line_items=LINES), NOON, "UTC", others=["#1005"])
    assert "#1001  unfulfilled, ready in part: waits for CUP, ship together" in said
    assert "ready  3 of 4 can go" in said
    assert "together  Ship together with #1005" in said
    assert "3× Cup  2 of 3 can go, short by 1" in said
    assert "1× Mug  1 to ship" in said
    older = describe(OrderDetail(**dict(order(1)), line_items=LINES), NOON, "UTC")
    assert "3× Cup  3 to ship, short by 1" in older
    assert "can go" not in older


def test_files_have_it() -> None:
    row = order(1, ready="no", blockers=["stock:=A", "payment"], together="g")
    (written,) = csv.DictReader(io.StringIO(export.csv_text([row])))
    assert (written["ready"], written["blockers"], written["together"]) == ("no", blockers := "stock:=A, payment", "g")
    (as_json,) = json.loads(export.json_text([row]))
    assert ", ".join(as_json["blockers"]) == blockers
    assert blocked(row) == "waits for =A, not paid"


def _ready_page(*rows: object) -> httpx.Response:
    body = page(list(rows) or [order(1, ready="yes"), order(2, ready="yes", together="g")]).model_dump(  # type: ignore[arg-type]
        mode="json", by_alias=True
    )
    body["metrics"]["ready"] = 2
    return httpx.Response(200, json=body)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (["--ready", "part"], {"tab": "all", "ready": "part"}),
        (["-ready:yes"], {"tab": "all", "ready": "-yes"}),
        (["--ready", "-no", "--tab", "holds"], {"tab": "holds", "ready": "-no"}),
        (["--view", "Ready"], {"tab": "unfulfilled", "ready": "yes"}),
        (["--view", "Ready", "--owner", "bo"], {"tab": "unfulfilled", "ready": "yes", "assigned_to": "bo"}),
    ],
)
def test_what_is_ready_is_listed_for_scripts(
    call: Call, desk: Desk, capsys: Capture, given: list[str], asked: dict[str, str]
) -> None:
    desk.answers = [_ready_page()]
    assert call("list", *given) == 0
    assert dict(desk.asked[-1].url.params) == {"pageSize": "50"} | asked
    assert "ready, ship together" in capsys.readouterr().out


def test_an_older_server_that_would_list_everything_is_named(call: Call, capsys: Capture) -> None:
    assert call("list", "--view", "Ready") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "this server is of an earlier release and does not know ready:" in said.err


def test_an_order_names_those_that_go_with_it(call: Call, desk: Desk, capsys: Capture) -> None:
    detail = OrderDetail(**dict(order(1, together="g")), customer=Customer(id="gid://shopify/Customer/7"))
    desk.answers = [
        httpx.Response(200, json=detail.model_dump(mode="json", by_alias=True)),
        _ready_page(order(1, together="g"), order(5, together="g"), order(6, together="h")),
    ]
    assert call("show", "1001") == 0
    assert "Ship together with #1005\n" in capsys.readouterr().out
    assert dict(desk.asked[-1].url.params)["customer"] == "7"


def test_the_view_is_among_the_saved_ones(call: Call, capsys: Capture) -> None:
    assert call("views") == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["Ready", "unfulfilled", "ready:yes", "pinned"]
