"""The bench as a packer meets it: bursts, pastes, what is said in place, what leaves, and what is there again later."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.screens import packing_data
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.packing_data import LABEL, MUG, TEE
from textual import events
from textual.widgets import Static

from orders_tui.actions.fulfill import Parcel
from orders_tui.actions.pack import PackDraft
from orders_tui.errors import Unreachable
from orders_tui.feed import ConnectionState
from orders_tui.packing.folder import ParcelFolder
from orders_tui.screens import bench as bench_screen
from orders_tui.screens.bench import BenchScreen
from orders_tui.session import changes
from orders_tui.session.log import ActionState
from orders_tui.widgets import scan_line
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.big_count import BigCount
from orders_tui.widgets.hint_bar import HintBar
from orders_tui.widgets.scan_line import ScanLine
from orders_wire.vocabulary import Role

REST = f"{TEE}\n{TEE}\n{MUG}\nCAP-RED\n:hand greeting card\n"
AWAY = ConnectionState.OFFLINE


@pytest.fixture
def folder(tmp_path: Path) -> ParcelFolder:
    """Where this machine keeps what was begun."""
    return ParcelFolder(tmp_path / "packing")


class Bench:
    """The bench on a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def screen(self) -> BenchScreen:
        assert isinstance(self.desk.app.screen, BenchScreen)
        return self.desk.app.screen

    @property
    def count(self) -> str:
        return self.screen.query_one("#count", BigCount).value

    def says(self, part: str) -> str:
        widget = self.screen.query_one(f"#{part}")
        assert isinstance(widget, Bar | Static)
        return (widget.text if isinstance(widget, Bar) else str(widget.render())).strip() if widget.display else ""

    async def scan(self, text: str) -> None:
        """As one paste, or as one burst of keys."""
        await self.desk.type(text)

    async def wedge(self, text: str) -> None:
        """Every key in one read."""
        for char in text:
            key = "enter" if char == "\n" else "minus" if char == "-" else char
            self.desk.app.post_message(events.Key(key, None if char == "\n" else char))
        await self.desk.pilot.pause()
        await self.desk.pilot.pause()


@pytest.fixture
async def bench(open_desk: Open, session: FakeSession) -> AsyncIterator[Bench]:
    packing_data.show(session)
    async with open_desk((80, 24)) as desk:
        await desk.press("B")
        yield Bench(desk)


async def test_a_burst_loses_and_doubles_nothing(bench: Bench, session: FakeSession) -> None:
    await bench.wedge(f"{TEE}\n{MUG}\n{TEE}\n-\n{TEE}\n")
    assert (bench.count, bench.says("alarm")) == ("3 / 5", "")
    await bench.wedge("cap-red\n:hand Greeting card\n")
    assert bench.says("next") == "complete: scan the label"
    await bench.wedge(f"{LABEL}\n{TEE}\n")
    assert "1 scan waits" in bench.says("next")
    (draft,) = session.sent
    order_id = packing_data.first(session).id
    assert isinstance(draft, PackDraft)
    assert (draft.scanned, draft.by_hand, draft.parcels) == (4, 1, {order_id: Parcel(LABEL, "DHL")})
    assert draft.versions == {order_id: session.details[order_id].version}
    body = draft.request(draft.versions).model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    assert body["packed"] == {"scanned": 4, "byHand": 1}
    assert [line["quantity"] for line in body["lines"]] == [2, 1, 1, 1]
    session.settle(ActionState.DONE)
    assert f"there is no order {TEE}: scan a slip" in bench.says("alarm"), "the scan that waited is no slip"


async def test_what_is_typed_while_it_opens_is_scanned(open_desk: Open, session: FakeSession) -> None:
    packing_data.show(session)
    async with open_desk() as desk:
        bench = Bench(desk)
        await bench.wedge(f"B{TEE}\n{MUG}\n40")
        while desk.app.keyboard.holding:
            await desk.pilot.pause()
        await desk.pilot.pause()
        assert bench.count == "2 / 5"
        assert bench.screen.query_one(ScanLine).value == "40"
        await desk.press("escape")
        assert (bench.count, bench.screen.query_one(ScanLine).value) == ("2 / 5", "")
        await desk.press("escape")
        assert bench.says("next") == "scan the slip"
        await desk.press("escape")
        assert not isinstance(desk.app.screen, BenchScreen)


async def test_esc_has_its_place_in_a_burst(bench: Bench) -> None:
    await bench.wedge(f"{TEE}\nwrong\n{TEE}\n")
    assert "wrong is not in" in bench.says("alarm")
    assert "1 scan came meanwhile and was not counted" in bench.says("alarm")
    for key, char in (("escape", None), *((each, each) for each in TEE), ("enter", None)):
        bench.desk.app.post_message(events.Key(key, char))
    await bench.desk.pilot.pause()
    assert (bench.count, bench.says("alarm")) == ("2 / 5", "")


async def test_a_line_without_a_barcode_goes_by_enter(bench: Bench, session: FakeSession) -> None:
    await bench.desk.press("enter")
    assert (bench.count, bench.says("said")) == ("1 / 5", "Greeting card, by hand")
    await asyncio.sleep(scan_line.REPEAT_S)
    await bench.desk.press("up", "enter")
    assert "has a barcode: scan it" in bench.says("alarm")
    await bench.desk.press("escape")
    await bench.wedge("\n\n")
    assert bench.says("said") == "Enter was repeated: press it again"


async def test_a_scanner_that_ends_in_cr_and_lf_scans_once(bench: Bench) -> None:
    for _ in range(2):
        for char in TEE:
            bench.desk.app.post_message(events.Key(char, char))
        bench.desk.app.post_message(events.Key("enter", "\r"))
        bench.desk.app.post_message(events.Key("ctrl+j", "\n"))
    await bench.desk.pilot.pause()
    assert (bench.count, bench.says("alarm")) == ("2 / 5", "")


async def test_what_was_counted_is_there_again(bench: Bench, session: FakeSession, folder: ParcelFolder) -> None:
    await bench.scan(f"{TEE}\n:short mug\n")
    await bench.desk.press("escape")
    order = packing_data.first(session)
    assert bench.says("said") == f"{order.order_number} put aside with 1 packed; its slip opens it again"
    assert session.places[-1:] == [None]
    lines = "\n".join(str(line.left) for line in bench.screen.query_one("LineList").lines)  # type: ignore[attr-defined]
    assert "BEGUN" in lines
    await bench.desk.press("escape")
    await bench.desk.press("j", "B")
    await bench.desk.press("escape")
    await bench.scan(f"{order.order_number.removeprefix('#')}\n")
    assert (bench.count, session.places[-1]) == ("1 / 4", (order.id, "packing"))
    (kept,) = folder.all()
    assert kept.parcel.count == 1


async def test_an_order_that_changed_meanwhile(
    bench: Bench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.scan(REST)
    packing_data.change(session)
    assert "nothing of MUG-01 is owed any more; take 1 out" in bench.says("changes")
    await bench.scan(f"{LABEL}\n")
    assert session.sent == []
    monkeypatch.setattr(bench_screen, "READ_S", 1e9)
    await bench.desk.press("escape", "enter")
    assert (bench.says("said"), bench.count) == ("the order has just changed: read how, then press Enter", "4 / 3")
    monkeypatch.setattr(bench_screen, "READ_S", 0.0)
    await asyncio.sleep(scan_line.REPEAT_S)
    await bench.desk.press("enter")
    assert (bench.says("changes"), bench.count) == ("", "3 / 3")
    await bench.scan(f"{LABEL}\n")
    assert session.sent


async def test_without_the_server_counts_go_on_and_the_label_waits(bench: Bench, session: FakeSession) -> None:
    await bench.scan(TEE + "\n")
    session.set_line(state=AWAY)
    session.slips.problem = Unreachable("no answer")
    await bench.scan(f"{REST.removeprefix(TEE)}".lstrip("\n") + LABEL + "\n")
    assert (session.sent, bench.says("next")) == ([], f"label {LABEL} waits to be sent")
    assert "counts go on" in bench.says("banner")
    session.slips.problem = None
    session.set_line(state=ConnectionState.LIVE)
    session.slips.again()
    assert [type(each) for each in session.sent] == [PackDraft]


async def test_a_parcel_that_was_begun_opens_without_the_server(
    bench: Bench, session: FakeSession, folder: ParcelFolder
) -> None:
    await bench.scan(TEE + "\n")
    await bench.desk.press("escape")
    session.slips.problem = Unreachable("no answer")
    number = packing_data.first(session).order_number
    await bench.scan(f"{number}\n")
    assert bench.count == "1 / 5"
    assert "as it was left" in bench.says("said")
    await bench.desk.press("escape")
    await bench.scan("1002\n")
    assert "no answer" in bench.says("alarm")


@pytest.mark.parametrize("state", [ActionState.FAILED, ActionState.REFUSED])
async def test_a_refusal_is_said_in_place_and_the_parcel_stays(
    state: ActionState, bench: Bench, session: FakeSession
) -> None:
    await bench.scan(REST + LABEL + "\n")
    session.settle(state, message="the order changed")
    await bench.desk.pilot.pause()
    if state is ActionState.FAILED:
        assert "the order changed" in bench.says("alarm")
        await bench.desk.press("escape")
        assert bench.says("next") == "complete: scan the label"
    else:
        assert bench.says("next") == f"label {LABEL} waits to be sent"
    assert bench.count == "5 / 5"


async def test_what_is_taken_back_keeps_its_counts(bench: Bench, session: FakeSession, folder: ParcelFolder) -> None:
    await bench.scan(REST + LABEL + "\n")
    session.settle(ActionState.DONE)
    await bench.desk.pilot.pause()
    assert bench.says("next") == "scan the slip"
    assert folder.all() == []
    entry = session.log_now[-1]
    await bench.scan(":undo\n")
    session.tell(changes.ActionChanged(replace(entry, state=ActionState.UNDONE)))
    await bench.desk.pilot.pause()
    assert "its counts are kept" in bench.says("said")
    assert [each.parcel.count for each in folder.all()] == [5]


async def test_a_parcel_elsewhere_on_this_machine_stays_there(
    bench: Bench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.desk.press("escape")
    monkeypatch.setattr(ParcelFolder, "claim", lambda *_: False)
    await bench.scan(f"{packing_data.first(session).order_number}\n")
    assert "is being packed at another terminal of this machine" in bench.says("alarm")


async def test_counts_that_cannot_be_written_are_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParcelFolder, "keep", lambda *_: False)
    await bench.scan(TEE + "\n")
    assert "counts cannot be written" in bench.says("said")


async def test_the_line_keeps_the_focus(bench: Bench) -> None:
    await bench.desk.press("tab", "shift+tab")
    await bench.desk.pilot.click("#count")
    await bench.desk.pilot.pause()
    await bench.wedge(f"{TEE}\n")
    assert bench.count == "1 / 5"


async def test_too_many_lines_are_not_pasted(bench: Bench) -> None:
    await bench.scan(f"{TEE}\n" * 1001)
    assert (bench.count, "1001 lines were pasted" in bench.says("alarm")) == ("0 / 5", True)


async def test_where_nothing_can_be_read_nothing_counts(bench: Bench) -> None:
    await bench.desk.pilot.resize_terminal(40, 10)
    await bench.scan(f"{TEE}\n")
    await bench.desk.pilot.resize_terminal(80, 24)
    assert (bench.count, bool(bench.says("alarm"))) == ("0 / 5", True)


async def test_who_only_reads_has_no_bench(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(read_only=True) as desk:
        await desk.press("B")
        assert not isinstance(desk.app.screen, BenchScreen)
    assert session.me_now is not None
    session.me_now = session.me_now.model_copy(update={"role": Role.VIEWER})
    async with open_desk() as desk:
        await desk.press("B")
        assert "bench needs the role operator; you are viewer" in desk.screen.query_one(HintBar).text


async def test_hostile_text_is_shown_and_not_obeyed(bench: Bench) -> None:
    await bench.scan("\x1b]52;c;AAAA\x07[/x]\u202e\n")
    assert "\x1b" not in bench.says("alarm")
    assert "[/x]" in bench.says("alarm")


def test_a_lock_needs_no_file_of_its_own_per_order(tmp_path: Path) -> None:
    folder = ParcelFolder(tmp_path)
    for number in range(3):
        assert folder.claim(f"gid://shopify/Order/{number}")
    folder.release()
    assert os.listdir(tmp_path) == ["lock"]
