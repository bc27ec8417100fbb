"""The side bar: alerts by severity and newest first, by kind where there are many, only those that were chosen."""

from __future__ import annotations

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW, ago
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui.alerts import Alert
from orders_tui.errors import ApiError, NotASyncServer, Unreachable
from orders_tui.feed import ConnectionState
from orders_tui.glyphs import UNICODE
from orders_tui.screens.desk import captions
from orders_tui.screens.desk.layout import Part
from orders_tui.session import changes
from orders_tui.session.open_alerts import WHOLE, Coverage
from orders_tui.widgets.alert_lines import MARGIN, MORE, WINDOW, Alerts
from orders_tui.widgets.cells import text_of
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.line_list import Line
from orders_tui.widgets.order_pane import OrderPane
from orders_tui.widgets.query_bar import QueryBar
from orders_tui.widgets.side_bar import alerts_of, lines
from orders_wire.page import OwedOrder, OwnerWork, Work
from orders_wire.vocabulary import EventType, OpenClosed, Severity, Tab

SEEN = Formatter(NOW, "UTC", UNICODE, "ana")


def alert(number: int, kind: EventType, severity: Severity, message: str = "") -> Alert:
    return Alert(f"a{number}", kind, severity, message, ago(number), f"o{number}", f"#{number}")


OVERDUE = f"kind:{Severity.CRITICAL}:{EventType.ORDER_OVERDUE}"
CRITICAL = [alert(n, EventType.ORDER_OVERDUE, Severity.CRITICAL, f"#{n} is overdue") for n in range(1, 6)]
WARNING = [
    alert(6, EventType.SHIPMENT_DELAY, Severity.WARNING, "Order #6: no scan"),
    alert(7, EventType.ORDER_OVERDUE, Severity.WARNING, "#7 is due soon"),
]


def words(made: list[Line]) -> list[str]:
    return [" ".join(text_of([*line.left, *line.right]).split()) for line in made]


def test_alerts_are_grouped_by_severity_and_many_of_a_kind_are_folded() -> None:
    assert words(lines(Alerts([*CRITICAL, *WARNING]), [], None, SEEN)) == [
        "ALERTS 7",
        "! critical 5",
        "! overdue 5▼",
        *[f"#{n}{n}h" for n in range(1, 4)],
        "▲ warning 2",
        "» delay #66h",
        "! overdue #77h",
    ]


@pytest.mark.parametrize(
    ("coverage", "told"),
    [
        (WHOLE, ["ALERTS 7", "! critical 5", "! overdue 5▼"]),
        (Coverage(False, 430, Severity.CRITICAL), ["ALERTS 437", "! critical 5+", "! overdue 5+▼", "430 more"]),
        (Coverage(False, 430, Severity.WARNING), ["ALERTS 437", "! critical 5", "! overdue 5▼", "430 more"]),
        (Coverage(False, 430, loading=True), ["ALERTS 437", "! critical 5+", "! overdue 5+▼", "430 moreloading"]),
        (Coverage(False, 430, problem=Unreachable("away")), ["ALERTS 437", "! critical 5+", "430 morefailed"]),
        (Coverage(False, 430, older=True), ["ALERTS 7 of 437", "430 moreolder server"]),
        (Coverage(False), ["ALERTS 7+", "more may be open"]),
    ],
)
def test_it_counts_all_and_says_what_of_them_is_not_known(coverage: Coverage, told: list[str]) -> None:
    shown = words(lines(Alerts([*CRITICAL, *WARNING], coverage=coverage), [], None, SEEN))
    assert [line for line in shown if line in told] == told
    assert (shown[-1] == told[-1]) is not coverage.whole


def test_unfolded_all_of_a_kind_are_there() -> None:
    shown = words(lines(Alerts([*CRITICAL, *WARNING], unfolded=frozenset({OVERDUE})), [], None, SEEN))
    assert shown[2:8] == ["! overdue 5▲", *[f"#{n}{n}h" for n in range(1, 6)]]


@pytest.mark.parametrize(("at", "above", "below"), [(0, 0, 300), (250, 180, 120), (499, 300, 0)])
def test_of_very_many_of_a_kind_those_around_the_cursor_have_lines(at: int, above: int, below: int) -> None:
    many = [alert(n, EventType.ORDER_OVERDUE, Severity.CRITICAL) for n in range(500)]
    made = lines(Alerts(many, unfolded=frozenset({OVERDUE}), current=f"alert:a{at}"), [], None, SEEN)
    told = words(made)
    assert len(made) < WINDOW + 10
    assert [line for line in told if line.endswith((" above", " below"))] == [
        *([f"▲ {above} above"] if above else []),
        *([f"▼ {below} below"] if below else []),
    ]
    first = next(n for n, line in enumerate(made) if line.key.startswith("alert:"))
    assert made[first + at - above].key == f"alert:a{at}"
    assert not above or at - above >= MARGIN


def test_times_in_a_sentence_read_as_everywhere() -> None:
    late = alert(1, EventType.ORDER_OVERDUE, Severity.WARNING, f"#1 is overdue: it was due {ago(3):%Y-%m-%d %H:%M}")
    assert (
        words(lines(Alerts([late], cells=78), [], None, SEEN))[-1]
        == f"! overdue #1 is overdue: it was due {ago(3):%H:%M}1h"
    )


def test_a_kind_stands_for_its_alerts_of_one_severity() -> None:
    assert alerts_of(OVERDUE, [*CRITICAL, *WARNING]) == ["a1", "a2", "a3", "a4", "a5"]


def test_where_there_is_room_an_alert_says_what_it_is_about() -> None:
    shown = words(lines(Alerts(WARNING, cells=78), [], None, SEEN))
    assert shown[2:] == ["» delay #6 no scan6h", "! overdue #7 is due soon7h"]


def owed(number: int, hours: float, owner: str = "unassigned") -> OwedOrder:
    return OwedOrder(order_id=f"o{number}", order_number=f"#{number}", ship_by=ago(-hours), owner=owner)


WORK = Work(
    due_soon=[owed(1, 0.5, "bo"), owed(2, 1.5), owed(3, 1.8, "ana")],
    due_soon_total=3,
    unowned=[owed(2, 1.5), owed(4, 30)],
    unowned_total=9,
    unowned_overdue=7,
    owners=[
        OwnerWork(name="ana", total=4, overdue=1, orders=[owed(5, -3, "ana"), owed(3, 1.8, "ana"), owed(6, 50, "ana")])
    ],
)


def work_lines(work: Work | None, in_table: str = "", me: str = "ana") -> list[str]:
    page = desk_data.nothing().model_copy(update={"work": work})
    return words(lines(Alerts(), [], page, Formatter(NOW, "UTC", UNICODE, me), in_table))[2:]


def test_what_is_due_next_stands_once_in_the_first_section_it_belongs_to() -> None:
    assert work_lines(WORK) == [
        *("", "DUE IN 2 H 3", "#1 boin 30m", "#2 –in 1h", "#3 anain 1h"),
        *("", "MINE 41 late", "#5 late 3h", "#6 in 2d"),
        *("", "UNOWNED 97 late", "#4 in 1d"),
        *("", "OUT OF STOCK 0orders"),
    ]


def test_what_the_table_shows_anyway_is_not_said_again() -> None:
    assert work_lines(WORK, "ana")[5:9] == ["", "MINE 41 late", "in the table", ""]


def test_a_server_that_does_not_tell_has_no_such_sections_and_who_has_no_name_nothing_of_their_own() -> None:
    assert work_lines(None) == ["", "OUT OF STOCK 0orders"]
    assert "MINE" not in " ".join(work_lines(WORK, me=""))
    busy = WORK.model_copy(update={"owners": [OwnerWork(name=f"o{n}", total=1) for n in range(50)]})
    assert "MINE" not in " ".join(work_lines(busy))


async def test_all_that_is_due_next_is_reached_by_keys(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("tab")
        reached = set()
        for _ in range(40):
            reached.add(":".join(desk.screen.side.current.split(":")[:2]))
            await desk.press("j")
        assert reached >= {"order:soon", "owner:ana", "order:mine", "owner:unassigned", "order:unowned"}


async def test_its_lines_open_the_order_and_its_headings_the_table(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        side = desk.screen.side
        await desk.press("tab")
        for key in [line.key for line in side.lines if line.key.startswith("order:")][::4]:
            side.choose(key)
            await desk.press("enter")
            assert desk.app.screen.order_id == key.partition(":")[2].partition(":")[2]  # type: ignore[attr-defined]
            await desk.press("escape")
        at = next(n for n, line in enumerate(side.lines) if line.key == "owner:unassigned") - side.scroll_offset.y
        await desk.pilot.click(side, offset=(5, at), times=2)
        await desk.pilot.pause()
        query = session.table.view.query
        assert (query.tab, query.filters.owner) == (Tab.UNFULFILLED, "unassigned")
        assert desk.table.has_focus


async def test_the_kinds_of_alert_are_chosen_and_cleared(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        everything = len(desk.screen.open_alerts())
        await desk.press("tab", "ampersand", "space", "enter")
        assert [each.type for each in desk.screen.open_alerts()] == [EventType.SHIPMENT_DELAY]
        assert "only delay" in desk.screen.side.render_line(0).text
        await desk.press("backslash")
        assert len(desk.screen.open_alerts()) == everything


async def test_every_open_alert_is_reached_page_by_page_and_nothing_is_asked_where_all_was_told(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        assert session.alert_pages.asked == []
        session.alert_pages.open_more(70, 30)
        desk.screen.renderer.draw(Part.SIDE)
        await desk.pilot.pause()
        side = desk.screen.side
        assert "ALERTS 76" in side.render_line(0).text
        await desk.press("tab")
        side.choose(OVERDUE)
        await desk.press("enter")
        seen = set()
        for _ in range(80):
            seen.add(side.current)
            await desk.press("j")
        assert {f"alert:m{n}" for n in range(70)} <= seen
        assert [cursor for _, cursor in session.alert_pages.asked] == [None, "30", "60"]
        assert desk.screen.work.session.open_alerts.coverage.whole


async def test_of_an_order_that_is_not_known_here_the_pane_says_the_alert_alone(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        session.alert_pages.open_more(60)
        desk.screen.renderer.draw(Part.SIDE)
        await desk.pilot.pause()
        await desk.press("tab")
        desk.screen.side.choose("alert:m1")
        await desk.pilot.pause()
        pane = desk.screen.query_one(OrderPane)
        shown = "\n".join(pane.render_line(y).text.rstrip() for y in range(pane.size.height)).strip()
        assert shown == session.alert_pages.alerts[1].message
        assert desk.screen.target().ids == ()
        await desk.press("enter")
        assert desk.app.screen.order_id == "o1"  # type: ignore[attr-defined]


async def test_new_alerts_move_neither_the_cursor_nor_what_is_on_screen(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.alert_pages.open_more(60, 250)
        desk.screen.renderer.draw(Part.SIDE)
        await desk.pilot.pause()
        side = desk.screen.side
        await desk.press("tab")
        side.choose(OVERDUE)
        await desk.press("enter", *["j"] * 40)
        was_on, line = side.current, side.cursor_line - side.scroll_offset.y
        for n, status in enumerate([OpenClosed.OPEN, OpenClosed.OPEN, OpenClosed.CLEARED]):
            event = session.alert_pages.alerts[0].model_copy(update={"alert_id": f"new{n % 2}", "created_at": NOW})
            session.alerts.absorb(event.model_copy(update={"status": status}))
            session.tell(changes.AlertsChanged())
            await desk.pilot.pause()
            assert (side.current, side.cursor_line - side.scroll_offset.y) == (was_on, line)


async def test_only_mine_are_asked_for_and_shown_and_words_of_the_line_choose_too(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        session.alert_pages.open_more(9, 250)
        await desk.press("tab", "ampersand", *["j"] * 11, "space", "enter")
        await desk.pilot.pause()
        assert session.alert_pages.asked[-1][0] == {"assigned_to": "ana"}
        assert [each.alert_id for each in desk.screen.open_alerts()] == ["m0", "m3", "m6"]
        assert "ALERTS 3" in (heading := desk.screen.side.render_line(0).text)
        assert "only mine" in heading
        await desk.press("colon", *"alerts warning", "enter")
        await desk.pilot.pause()
        assert {each.severity for each in desk.screen.open_alerts()} == {Severity.WARNING}
        assert "only warning" in desk.screen.side.render_line(0).text
        assert desk.screen.side.has_focus


@pytest.mark.parametrize(
    ("problem", "state", "line", "note"),
    [
        (
            Unreachable("no answer"),
            ConnectionState.LIVE,
            "failed",
            "could not be loaded: no answer; ctrl+r tries again",
        ),
        (NotASyncServer("404"), ConnectionState.LIVE, "older server", "cannot tell of more than the first 50 alerts"),
        (None, ConnectionState.OFFLINE, "offline", "loaded when the server can be reached again"),
    ],
)
async def test_what_cannot_be_had_of_the_alerts_is_said(
    open_desk: Open,
    session: FakeSession,
    *,
    problem: ApiError | None,
    state: ConnectionState,
    line: str,
    note: str,
) -> None:
    async with open_desk() as desk:
        session.alert_pages.open_more(130, 50)
        session.alert_pages.problem = problem
        session.set_line(state=state)
        desk.screen.renderer.draw(Part.SIDE)
        await desk.press("tab")
        side = desk.screen.side
        side.choose(MORE)
        await desk.pilot.pause()
        shown = text_of(side.lines[side.cursor_line].right)
        assert shown == line
        assert note in captions.pane_note(desk.screen)
        asked = len(session.alert_pages.asked)
        session.alert_pages.problem = None
        await desk.press("enter")
        await desk.pilot.pause()
        assert len(session.alert_pages.asked) == asked + 1
        assert len(desk.screen.open_alerts()) == 56


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
    assert words(lines(Alerts(), [], None, SEEN)) == ["ALERTS", "not known yet"]
    assert words(lines(Alerts(), [], desk_data.nothing(), SEEN))[:2] == ["ALERTS 0", "nothing open"]


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
