"""The side bar: alerts by severity and newest first, by kind where there are many, only those that were chosen."""

from __future__ import annotations

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW, ago
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui.alerts import Alert
from orders_tui.glyphs import UNICODE
from orders_tui.session import changes
from orders_tui.widgets.cells import text_of
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.line_list import Line
from orders_tui.widgets.query_bar import QueryBar
from orders_tui.widgets.side_bar import Shown, alerts_of, lines
from orders_wire.vocabulary import EventType, Severity

SEEN = Formatter(NOW, "UTC", UNICODE, "ana")


def alert(number: int, kind: EventType, severity: Severity, message: str = "") -> Alert:
    return Alert(f"a{number}", kind, severity, message, ago(number), f"o{number}", f"#{number}")


CRITICAL = [alert(n, EventType.ORDER_OVERDUE, Severity.CRITICAL, f"#{n} is overdue") for n in range(1, 6)]
WARNING = [
    alert(6, EventType.SHIPMENT_DELAY, Severity.WARNING, "Order #6: no scan"),
    alert(7, EventType.ORDER_OVERDUE, Severity.WARNING, "#7 is due soon"),
]


def words(made: list[Line]) -> list[str]:
    return [" ".join(text_of([*line.left, *line.right]).split()) for line in made]


def test_alerts_are_grouped_by_severity_and_many_of_a_kind_are_folded() -> None:
    assert words(lines([*CRITICAL, *WARNING], [], None, SEEN)) == [
        "ALERTS 7",
        "! critical 5",
        "! overdue 5▼",
        *[f"#{n}{n}h" for n in range(1, 4)],
        "▲ warning 2",
        "» delay #66h",
        "! overdue #77h",
    ]


@pytest.mark.parametrize(("total", "heading"), [(168, "ALERTS 50 of 168"), (49, "ALERTS 50"), (50, "ALERTS 50")])
def test_it_says_how_many_more_are_open_than_the_server_told_of(total: int, heading: str) -> None:
    told = [alert(n, EventType.ORDER_OVERDUE, Severity.CRITICAL) for n in range(50)]
    page = desk_data.page([]).model_copy(update={"alerts_total": total})
    assert words(lines(told, [], page, SEEN))[0] == heading
    assert words(lines(told[:7], [], page.model_copy(update={"alerts_total": 9}), SEEN))[0] == "ALERTS 7"


def test_unfolded_all_of_a_kind_are_there() -> None:
    key = f"kind:{Severity.CRITICAL}:{EventType.ORDER_OVERDUE}"
    shown = words(lines([*CRITICAL, *WARNING], [], None, SEEN, Shown(unfolded={key})))
    assert shown[2:8] == ["! overdue 5▲", *[f"#{n}{n}h" for n in range(1, 6)]]


def test_a_kind_stands_for_its_alerts_of_one_severity() -> None:
    key = f"kind:{Severity.CRITICAL}:{EventType.ORDER_OVERDUE}"
    assert alerts_of(key, [*CRITICAL, *WARNING]) == ["a1", "a2", "a3", "a4", "a5"]


def test_where_there_is_room_an_alert_says_what_it_is_about() -> None:
    shown = words(lines(WARNING, [], None, SEEN, Shown(cells=78)))
    assert shown[2:] == ["» delay #6 no scan6h", "! overdue #7 is due soon7h"]


async def test_the_kinds_of_alert_are_chosen_and_cleared(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        everything = len(desk.screen.open_alerts())
        await desk.press("tab", "ampersand", "space", "enter")
        assert [each.type for each in desk.screen.open_alerts()] == [EventType.SHIPMENT_DELAY]
        assert "only delay" in desk.screen.side.render_line(0).text
        await desk.press("backslash")
        assert len(desk.screen.open_alerts()) == everything


async def test_in_the_side_bar_the_hints_are_about_alerts(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("tab")
        await desk.pilot.pause()
        assert desk.hint.startswith("enter open   x read   Z snooze   & which alerts")


@pytest.mark.parametrize(("size", "told"), [((80, 24), "! 6"), ((120, 40), "6 alerts")])
async def test_alerts_that_no_side_bar_shows_are_counted_in_the_first_line(
    open_desk: Open, size: tuple[int, int], told: str
) -> None:
    async with open_desk(size=size) as desk:
        if size[0] > 100:
            await desk.press("exclamation_mark")
            await desk.pilot.pause()
        assert told in desk.screen.query_one("TopBar").text  # type: ignore[attr-defined]


async def test_the_first_line_counts_those_too_that_the_server_did_not_tell_of(
    open_desk: Open, session: FakeSession
) -> None:
    assert session.summary_now is not None
    session.summary_now = session.summary_now.model_copy(update={"alerts_total": 168})
    async with open_desk(size=(80, 24)) as desk:
        assert "! 168" in desk.screen.query_one("TopBar").text  # type: ignore[attr-defined]


def test_without_a_page_nothing_is_said_to_be_open_or_not() -> None:
    assert words(lines([], [], None, SEEN)) == ["ALERTS", "not known yet"]
    assert words(lines([], [], desk_data.nothing(), SEEN))[:2] == ["ALERTS 0", "nothing open"]


@pytest.mark.parametrize("cleared_before", [False, True])
async def test_marks_go_with_the_desk_that_they_were_made_on(
    open_desk: Open, session: FakeSession, cleared_before: bool
) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space")
        assert len(desk.screen.selection) == 2
        if cleared_before:
            await desk.press("U")
        session.tell(changes.DeskLeft())
        await desk.pilot.pause()
        assert not len(desk.screen.selection)
        assert not desk.screen.restore_marks()
        assert ("another desk" in desk.hint) is not cleared_before


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_orders_that_could_not_be_read_are_counted_above_the_table(
    open_desk: Open, session: FakeSession, size: tuple[int, int]
) -> None:
    async with open_desk(size=size) as desk:
        line = desk.screen.query_one(QueryBar)
        assert "could not be read" not in line.text
        for count, said in ((1, "1 order could not be read"), (12, "12 orders could not be read")):
            session.put(unread=count)
            session.tell(changes.ViewChanged())
            await desk.pilot.pause()
            assert said in line.text
