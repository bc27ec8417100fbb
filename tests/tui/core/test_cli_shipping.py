"""`fulfill` of a part, and `tracking`: what scripts may rely on."""

from __future__ import annotations

import json

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk
from tests.tui.core.samples import gid, order

from orders_wire.detail import FulfilledLine, Fulfillment, LineItem, OrderDetail

LINE = "gid://shopify/LineItem/"


def detail(number: int, *lines: tuple[int, str, int], parcels: int = 0) -> httpx.Response:
    """An order with lines of an id, a SKU and what is owed, and parcels `F1` …"""
    items = [
        LineItem(id=f"{LINE}{line}", sku=sku, title=f"Cup {line}", quantity=9, owed=owed, requires_shipping=True)
        for line, sku, owed in lines
    ]
    made = [
        Fulfillment(
            id=f"gid://shopify/Fulfillment/{70 + at}",
            name=f"#100{number}-F{at}",
            status="success",
            created_at=order(number).placed_at,
            lines=[FulfilledLine(id="l", quantity=1)],
        )
        for at in range(1, parcels + 1)
    ]
    whole = OrderDetail(**dict(order(number)), line_items=items, fulfillments=made)
    return httpx.Response(200, json=whole.model_dump(mode="json", by_alias=True))


def done(*ids: str) -> httpx.Response:
    body = {"success": True, "message": "Marked", "updatedOrders": [{"id": i} for i in ids], "actionId": "act-1"}
    return httpx.Response(200, json=body)


def test_units_of_a_line_are_named_by_sku_or_id(call: Call, desk: Desk) -> None:
    desk.answers = [detail(1, (11, "TEE", 3), (12, "A=B", 2), (13, "MUG", 1))]
    assert call("fulfill", "1001", "--line", "tee=2", "--line", "A=B=1", "--line", "13=1", "--tracking", "9") == 0
    assert desk.bodies() == [
        {
            "orderIds": ["1001"],
            "tracking": {"number": "9"},
            "lines": [
                {"lineId": f"{LINE}11", "quantity": 2},
                {"lineId": f"{LINE}12", "quantity": 1},
                {"lineId": f"{LINE}13", "quantity": 1},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            ["--line", "TEE=1"],
            "TEE is on 2 lines of #1001: 11 (Cup 11, 3 owed), 12 (Cup 12, 1 owed); name one by its id",
        ),
        (["--line", "CAP=1"], "#1001 has no line CAP; it owes TEE, TEE, MUG"),
        (["--line", "MUG=1", "--line", "13=1"], "the line 13 is given twice"),
    ],
)
def test_a_line_that_is_not_clear_is_refused_and_nothing_is_sent(
    call: Call, desk: Desk, capsys: Capture, *, given: list[str], says: str
) -> None:
    desk.answers = [detail(1, (11, "TEE", 3), (12, "TEE", 1), (13, "MUG", 1))]
    assert call("fulfill", "1001", *given) == 1
    assert says in capsys.readouterr().out
    assert desk.bodies() == []


def test_of_two_lines_with_one_sku_the_one_that_owes_is_meant(call: Call, desk: Desk) -> None:
    desk.answers = [detail(1, (11, "TEE", 0), (12, "TEE", 1))]
    assert call("fulfill", "1001", "--line", "TEE=1") == 0
    assert desk.bodies()[0]["lines"] == [{"lineId": f"{LINE}12", "quantity": 1}]


def test_several_rows_of_an_order_are_one_parcel(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [detail(1, (11, "TEE", 3), (12, "MUG", 2)), detail(2), done("1003"), done("1001")]
    rows = "1001,77,DHL,TEE,2\n1001,,,MUG,1\n1002,,,TEE,1\n1003,,,,\n"
    assert call("fulfill", "--json", stdin="order,tracking,carrier,sku,quantity\n" + rows) == 1
    assert desk.bodies() == [
        {"orderIds": ["1003"]},
        {
            "orderIds": ["1001"],
            "tracking": {"number": "77", "carrier": "DHL"},
            "lines": [{"lineId": f"{LINE}11", "quantity": 2}, {"lineId": f"{LINE}12", "quantity": 1}],
        },
    ]
    told = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in told["done"]] == ["1003", "1001"]
    assert [(each["id"], each["code"]) for each in told["failures"]] == [("1002", "not_found")]


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (["fulfill", "1", "2", "--line", "A=1"], "", "--line belongs to one order"),
        (["fulfill"], "order,tracking,sku,quantity\n1,8,A,1\n1,9,B,1\n", "1 has 2 tracking numbers: 8, 9"),
        (["fulfill"], "order,sku,quantity\n1,A,none\n", "quantity is from 1"),
        (["fulfill"], "order,sku,quantity\n1,A,1\n1,,\n", "rows with a sku and rows without one"),
        (["tracking", "1"], "", "which number has 1?"),
        (["tracking", "1", "2", "--number", "9"], "", "belong to one order"),
        (["tracking"], "order,number,parcel\n1,8,F1\n1,9,F1\n", "parcel F1 of 1 is given twice"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    call: Call, desk: Desk, capsys: Capture, *, arguments: list[str], stdin: str, says: str
) -> None:
    assert call(*arguments, stdin=stdin) == 2
    assert says in capsys.readouterr().err
    assert desk.asked == []


@pytest.mark.parametrize("wrong", ["TEE", "TEE=0", "TEE=x", "=2"])
def test_a_line_is_a_name_and_a_number(call: Call, wrong: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        call("fulfill", "1", "--line", wrong)


@pytest.mark.parametrize(
    ("flag", "sent"), [([], {}), (["--notify"], {"notify": True}), (["--no-notify"], {"notify": False})]
)
def test_customers_are_mailed_as_it_is_said(call: Call, desk: Desk, flag: list[str], sent: dict[str, bool]) -> None:
    desk.answers = [done("1"), done("1")]
    assert call("fulfill", "1", *flag) == 0
    assert call("tracking", "1", "--number", "9", *flag) == 0
    assert desk.bodies() == [{"orderIds": ["1"], **sent}, {"items": [{"orderId": "1", "number": "9"}], **sent}]


@pytest.mark.parametrize("name", ["F2", "#1001-f2", "2", "72", "gid://shopify/Fulfillment/72"])
def test_a_parcel_is_named_by_name_place_or_id(call: Call, desk: Desk, name: str) -> None:
    desk.answers = [detail(1, parcels=2), done("1001")]
    assert call("tracking", "1001", "--number", "9", "--carrier", "UPS", "--url", "https://u/9", "--parcel", name) == 0
    (item,) = desk.bodies()[0]["items"]
    assert item == {
        "orderId": "1001",
        "fulfillmentId": "gid://shopify/Fulfillment/72",
        "number": "9",
        "carrier": "UPS",
        "url": "https://u/9",
    }


def test_a_parcel_that_is_not_there_is_refused_with_those_that_are(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [detail(1, parcels=2)]
    assert call("tracking", "1001", "--number", "9", "--parcel", "F3") == 1
    assert "#1001 has no parcel F3; it has #1001-F1, #1001-F2" in capsys.readouterr().out
    assert desk.bodies() == []


def test_numbers_from_csv_travel_together(call: Call, desk: Desk) -> None:
    desk.answers = [detail(1, parcels=2), done("1001", "1002")]
    rows = "1001,8,DHL,,F1\n1001,9,,https://u/9,F2\n1002,7,,,\n"
    assert call("tracking", stdin="order,number,carrier,url,parcel\n" + rows) == 0
    items = desk.bodies()[0]["items"]
    assert [(item["orderId"], item["number"]) for item in items] == [("1001", "8"), ("1001", "9"), ("1002", "7")]


def test_more_than_250_numbers_go_in_several_requests(call: Call, desk: Desk) -> None:
    desk.answers = [done("1")] * 3
    assert call("tracking", stdin="order,number\n" + "".join(f"{n},N{n}\n" for n in range(600))) == 0
    assert [len(body["items"]) for body in desk.bodies()] == [250, 250, 100]


def test_an_ambiguous_parcel_is_told_with_those_to_choose_from(call: Call, desk: Desk, capsys: Capture) -> None:
    why = "#1001 has several parcels with numbers: #1001-F1, #1001-F2; name one"
    failures = [{"id": "1001", "code": "ambiguous", "message": why}]
    body = {"success": False, "message": why, "code": "ambiguous", "updatedOrders": [], "failures": failures}
    desk.answers = [httpx.Response(409, json=body)]
    assert call("tracking", "1001", "--number", "9") == 1
    assert "name one [ambiguous]" in capsys.readouterr().out


def test_a_server_that_is_gone_is_3_before_anything_is_named(call: Call, desk: Desk) -> None:
    desk.answers = [httpx.ConnectError("x")] * 9
    assert call("fulfill", gid(1), "--line", "A=1") == 3
    assert desk.bodies() == []
