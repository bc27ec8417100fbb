"""`pack`: what scripts may rely on. A file with anything wrong in it sends nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk
from tests.tui.core.samples import gid, order

from orders_wire.detail import OrderDetail
from orders_wire.vocabulary import Status

EAN, LABEL = "4006381333931", "00340434292135100186"
TEE = {"lineId": "gid://shopify/LineItem/11", "sku": "TEE", "barcode": EAN, "title": "Tee", "quantity": 2, "owed": 2}
CARD = {"lineId": "gid://shopify/LineItem/12", "title": "Card", "quantity": 1, "owed": 1, "sendable": 1}
SENT = {"success": True, "message": "Marked 1 order", "updatedOrders": [{"id": gid(1)}], "actionId": "act-1"}


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    return tmp_path / "scans.txt"


@pytest.fixture
def packed(call: Call, desk: Desk) -> Call:
    """`pack` of an order of two TEE and a card; what is sent fails the test."""

    def called(*words: str) -> int:
        serve(desk, {**TEE, "sendable": 2}, CARD)
        status = call("pack", "1001", *words)
        assert len(desk.asked) == 2
        return status

    return called


def serve(desk: Desk, *lines: dict[str, object], status: Status = Status.AWAITING_FULFILLMENT) -> None:
    """The order 1001 as it is read to be packed, and what becomes of its parcel."""
    detail = OrderDetail(**{**dict(order(1)), "status": status})
    told = {"orders": [{"id": "1001", "version": 4, "lines": list(lines)}], "failures": []}
    desk.answers = [
        httpx.Response(200, json=detail.model_dump(mode="json", by_alias=True)),
        httpx.Response(200, json=told),
        httpx.Response(200, json=SENT),
    ]


def test_a_complete_parcel_is_fulfilled_with_its_lines_and_number(
    scans: Path, call: Call, desk: Desk, capsys: Capture
) -> None:
    serve(desk, {**TEE, "sendable": 2}, CARD)
    scans.write_text(f"\ufeff1001\n{EAN}\r\n\ntee\n{EAN[:-1]}X\n".replace(f"{EAN[:-1]}X\n", ":hand card\n"))
    assert call("pack", "1001", "--scan-file", str(scans), "--tracking", LABEL) == 0
    assert desk.bodies()[-1] == {
        "orderIds": [gid(1)],
        "tracking": {"number": LABEL, "carrier": "DHL"},
        "lines": [{"lineId": TEE["lineId"], "quantity": 2}, {"lineId": CARD["lineId"], "quantity": 1}],
        "packed": {"scanned": 2, "byHand": 1},
        "expectedVersions": {gid(1): 4},
    }
    assert "Marked 1 order (undo: orders-tui undo act-1)" in capsys.readouterr().err


def test_stdin_shorts_and_take_backs(call: Call, desk: Desk) -> None:
    serve(desk, {**TEE, "sendable": 2}, CARD)
    given = io.TextIOWrapper(io.BytesIO(f"{EAN}\n{EAN}\n-\n:short TEE\n:hand Card\n".encode()))
    words = ("--scan-file", "-", "--no-label", "--notify", "--key", "k")
    assert call("pack", "1001", *words, stdin=given) == 0
    sent = desk.bodies()[-1]
    assert (sent["packed"], sent["notify"], "tracking" in sent) == ({"scanned": 1, "byHand": 1}, True, False)
    assert [line["quantity"] for line in sent["lines"]] == [1, 1]
    assert desk.asked[-1].headers["Idempotency-Key"] == "k"


def test_every_wrong_line_is_named_and_nothing_is_sent(scans: Path, call: Call, desk: Desk, capsys: Capture) -> None:
    serve(desk, {**TEE, "sendable": 1, "held": 1})
    scans.write_text(f"nothing\n{EAN}\n{EAN}\n:shrot\n:label 5\n{LABEL}\n")
    assert call("pack", "1001", "--scan-file", str(scans), "--tracking", LABEL, "--json") == 1
    told = capsys.readouterr()
    for said in (
        f"{scans}, line 1: nothing is not in #1: take it away",
        f"line 3: one {EAN} (TEE) too many: 1 packed, and no more to pack (1 held); take it away",
        "line 4: ':shrot' is none of",
        "line 5: the label is given with --tracking",
        f"line 6: {LABEL} is not in #1: take it away; the label is given with --tracking",
        f"5 lines are wrong in {scans}; nothing was sent",
    ):
        assert said.replace("#1:", f"{order(1).order_number}:") in told.err
    assert json.loads(told.out)["failures"][0]["code"] == "invalid_request"
    assert [request.url.path for request in desk.asked] == ["/sync/orders/1001", "/sync/orders/lines"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((f"{EAN}\n", LABEL), "missing 1 of TEE, 1 of Card (scan them, or :short leaves them owed); nothing was sent"),
        ((":short TEE\n:short TEE\n:short Card\n", LABEL), "all is left owed; nothing was sent"),
        ((f"{EAN}\n{EAN}\n:hand card\n", EAN), "an item and not the label"),
        ((f"{EAN}\n{EAN}\n:hand card\n", "x" * 251), "at most 250 characters"),
    ],
)
def test_what_is_not_complete_or_no_label_sends_nothing(
    given: tuple[str, str], said: str, scans: Path, packed: Call, capsys: Capture
) -> None:
    scans.write_text(given[0])
    assert packed("--scan-file", str(scans), "--tracking", given[1]) == 1
    assert said in capsys.readouterr().err


def test_what_cannot_be_packed_says_why(scans: Path, call: Call, desk: Desk, capsys: Capture) -> None:
    serve(desk, {**TEE, "sendable": 2}, status=Status.CANCELLED)
    scans.write_text(f"{EAN}\n")
    assert call("pack", "1001", "--scan-file", str(scans), "--no-label") == 1
    assert f"{order(1).order_number} is cancelled; nothing was sent" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scan-file", "{missing}", "--no-label"), "cannot be read (No such file"),
        (("--scan-file", "{folder}", "--no-label"), "cannot be read (Is a directory"),
        (("--scan-file", "{scans}", "--no-label"), "is not UTF-8 (at byte 1)"),
        (("--scan-file", "{scans}", "--no-label", "--carrier", "DHL"), "--carrier goes with --tracking"),
    ],
)
def test_what_cannot_be_read_is_a_usage_error(
    words: tuple[str, ...], said: str, scans: Path, call: Call, capsys: Capture
) -> None:
    scans.write_bytes(b"a\xff")
    places = {"missing": scans.with_name("none"), "folder": scans.parent, "scans": scans}
    assert call("pack", "1001", *(word.format(**places) for word in words)) == 2
    assert said in capsys.readouterr().err


def test_a_label_or_none_is_said(scans: Path, call: Call, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        call("pack", "1001", "--scan-file", str(scans))
    assert ended.value.code == 2
    assert "one of the arguments --tracking --no-label is required" in capsys.readouterr().err
    assert call("pack", "1001", "--scan-file", str(scans), "--no-label", "--read-only") == 1
