"""The line of figures, the tabs and what they say of themselves: nothing twice, and nothing that moves when a number changes."""

from __future__ import annotations

import pytest
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui import wording
from orders_tui.session import changes
from orders_tui.session.view import PageSpan
from orders_tui.widgets.metrics_bar import MetricsBar
from orders_tui.widgets.query_bar import QueryBar
from orders_tui.widgets.tab_strip import TabStrip
from orders_wire.page import OwnerWork, Work
from orders_wire.vocabulary import OWNERS_NAMED, Tab


def _figures(desk: Desk) -> str:
    return desk.screen.query_one(MetricsBar).text


async def _told(desk: Desk, session: FakeSession, work: Work | None, **more: object) -> str:
    page = session.summary_now
    assert page is not None
    session.summary_now = page.model_copy(update={"work": work, **more})
    session.tell(changes.SummaryChanged())
    await desk.pilot.pause()
    return _figures(desk)


def _work(mine: int, unowned: int = 4, due_today: int = 3) -> Work:
    return Work(owners=[OwnerWork(name="ana", total=mine)], unowned_total=unowned, due_today=due_today)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_what_matters_most_stays_where_room_is_short(width: int, open_desk: Open, session: FakeSession) -> None:
    async with open_desk((width, 30)) as desk:
        line = await _told(desk, session, _work(12))
        assert line.split()[:7] == ["12", "mine", "4", "unowned", "3", "due", "today"]
        assert "h to fulfil" in line
        assert ("breached" in line) == (width >= 80)
        assert ("delivered today" in line) == (width >= 120)
        assert not any(f" {words}" in line for words in ("overdue", "no tracking"))


async def test_a_number_that_gets_shorter_moves_nothing(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        long = await _told(desk, session, _work(100), tabs=dict.fromkeys(Tab, 1000))
        tabs = desk.screen.query_one(TabStrip).render_line(0).text
        short = await _told(desk, session, _work(9), tabs=dict.fromkeys(Tab, 7))
        assert (long.index("mine"), len(long)) == (short.index("mine"), len(short))
        now = desk.screen.query_one(TabStrip).render_line(0).text
        assert [tabs.index(name) for name in ("All", "Overdue", "Holds")] == [
            now.index(name) for name in ("All", "Overdue", "Holds")
        ]


async def test_a_server_that_does_not_say_costs_its_figures_alone(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        assert (await _told(desk, session, None)).startswith("2 breached")
        many = [OwnerWork(name=f"o{n}", total=9) for n in range(OWNERS_NAMED)]
        assert (await _told(desk, session, Work(owners=many))).lstrip().startswith("0 unowned")


async def test_each_tab_says_what_stands_in_it_by_the_servers_times(open_desk: Open, session: FakeSession) -> None:
    assert session.me_now is not None
    session.me_now = session.me_now.model_copy(update={"tracking_pending_hours": 5.0})
    async with open_desk((80, 24)) as desk:
        for number, tab in enumerate(Tab, start=1):
            await desk.press(str(number))
            assert f"filter   {wording.tab_holds(tab, pending_hours=5)}  " in desk.screen.query_one(QueryBar).text
        await desk.press("4")
        session.put(rows=(), cursor_id=None, span=PageSpan())
        session.tell(changes.PageShown())
        await desk.pilot.pause()
        empty = "\n".join(desk.line(number) for number in range(1, 16))
        assert "Awaiting tracking is empty" in empty
        assert "sent, but a parcel has no tracking number" in empty
