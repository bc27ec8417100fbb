"""The pulse: where the queues are going, and handing the desk over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.tui.screens.desk_data import NOW
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui.context.trend import SAMPLES, Trend
from orders_tui.glyphs import ASCII, UNICODE
from orders_wire.vocabulary import Tab

SPARKS = UNICODE.sparks


def trend(*sizes: int) -> Trend:
    made = Trend()
    for minutes, size in enumerate(sizes):
        made.take(NOW + timedelta(minutes=minutes), {"returns": size})
    return made


def test_a_trend_tells_the_change_since_the_start() -> None:
    assert trend(20, 25, 18).change(Tab.RETURNS) == -2
    assert trend(20).change(Tab.RETURNS) == Trend().change(Tab.RETURNS) == 0


def test_sparks_have_one_axis_from_nothing_to_the_most_of_any() -> None:
    assert trend(0, 7).spark(Tab.RETURNS, 2, 7, SPARKS) == [" █"]
    assert trend(0, 7).spark(Tab.RETURNS, 2, 14, SPARKS) == [" ▄"]
    assert trend(5, 5, 5).spark(Tab.RETURNS, 4, 1000, SPARKS) == ["▁▁▁▁"]
    assert Trend().spark(Tab.RETURNS, 4, 0, SPARKS) == ["    "]
    assert trend(*range(40)).spark(Tab.RETURNS, 5, 39, SPARKS) == [" ▂▄▅█"]


def test_a_spark_is_as_many_lines_high_as_there_is_room_for() -> None:
    assert trend(1, 3, 4).spark(Tab.RETURNS, 3, 4, SPARKS, rows=2) == [" ▄█", "▄██"]


def test_under_a_high_course_stands_less_than_the_course_itself() -> None:
    assert trend(1, 3, 4).spark(Tab.RETURNS, 3, 4, SPARKS, 2, below="░") == [" ▄█", "▄░░"]
    assert trend(2, 2).spark(Tab.RETURNS, 2, 4, SPARKS, 2, below="░") == ["  ", "██"]
    assert trend(2, 4).spark(Tab.RETURNS, 2, 4, ASCII.sparks, 2, below=".") == [" %", "%."]


def test_the_lowest_and_the_highest_size_and_the_start_are_told() -> None:
    assert trend(20, 25, 18).range(Tab.RETURNS) == (18, 25)
    assert trend(20, 25).since == NOW
    assert (Trend().range(Tab.RETURNS), Trend().since) == ((0, 0), None)


def test_within_a_minute_the_newest_counts_and_the_start_stays() -> None:
    made = Trend()
    for seconds, size in ((0, 10), (5, 50), (9, 30), (14, 12)):
        made.take(NOW + timedelta(seconds=seconds), {"returns": size})
    assert made.change(Tab.RETURNS) == 2
    assert made.spark(Tab.RETURNS, 4, 12, SPARKS) == ["▇▇██"]


def test_a_trend_forgets_what_is_long_ago() -> None:
    assert trend(*range(SAMPLES + 10)).change(Tab.RETURNS) == SAMPLES - 1


def only_file(folder: Path) -> tuple[Path, str]:
    (path,) = folder.glob("handover-*.txt")
    return path, path.read_text()


async def test_enter_opens_the_tab_or_what_an_owner_has(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("p", "j", "enter")
        assert session.table.view.query.tab is Tab.OVERDUE
        await desk.press("p", *["j"] * 8, "enter")
        assert (session.table.view.query.tab, session.table.view.query.filters.owner) == (Tab.UNFULFILLED, "anton")


async def test_a_handover_is_a_file_with_note_and_figures(
    open_desk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_desk() as desk:
        await desk.press("p", "W")
        await desk.type("call the supplier")
        await desk.press("ctrl+s")
    path, text = only_file(tmp_path)
    assert "Handover by ana" in text
    assert "call the supplier" in text
    assert "NEEDS A PERSON" in text
    assert path.stat().st_mode & 0o077 == 0


async def test_a_handover_left_is_there_the_next_time(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("p", "W")
        await desk.type("call the supplier")
        await desk.press("escape", "W")
        assert desk.dialog.query_one("TextArea").text == "call the supplier"  # type: ignore[attr-defined]
