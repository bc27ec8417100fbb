"""All open alerts beyond those that events told of: read only where that is needed, kept true by events, of one desk."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.tui.core.samples import NOON

from orders_tui.alerts import ENDS_KEPT, AlertBook
from orders_tui.errors import ApiError, NotASyncServer, Unreachable
from orders_tui.pace import Pace
from orders_tui.query import ALL_ALERTS, AlertFilter
from orders_tui.session.open_alerts import OpenAlerts
from orders_wire.alerts import Event
from orders_wire.alerts import OpenAlerts as Answer
from orders_wire.vocabulary import EventType, OpenClosed, Severity

MINE = AlertFilter(owner="ana")


def event(n: int, status: OpenClosed = OpenClosed.OPEN, desk: str = "d", **more: Any) -> Event:
    given = {"type": EventType.ORDER_OVERDUE, "severity": Severity.CRITICAL, "message": f"#{n} is late", **more}
    at = NOON - timedelta(minutes=n)
    return Event(id=f"{desk}-{n}", status=status, alert_id=f"a{n}", created_at=at, order_number=f"#{n}", **given)


class Desk:
    """Pages of three of the alerts that are open; `owned` are those of ana's orders."""

    def __init__(self, count: int) -> None:
        self.alerts = [event(n) for n in range(count)]
        self.owned = {f"a{n}" for n in range(0, count, 2)}
        self.problem: ApiError | None = None
        self.asked: list[str | None] = []
        self.answering = asyncio.Event()
        self.answering.set()
        self.book = AlertBook()
        self.tasks: list[asyncio.Future[object]] = []
        self.told = 0
        self.open = OpenAlerts(
            self,  # type: ignore[arg-type]
            self.book,
            Pace(now=lambda: NOON, sleep=lambda _: asyncio.sleep(0)),
            spawn=lambda work, _: self.tasks.append(asyncio.ensure_future(work)),
            tell=lambda _: setattr(self, "told", self.told + 1),
        )
        self.connect()

    def connect(self, desk: str = "d") -> None:
        self.book.absorb(Event(id=f"{desk}-0", type=EventType.REFRESH, created_at=NOON))
        self.book.total = len(self.alerts)

    async def open_alerts(self, wanted: AlertFilter, cursor: str | None = None) -> Answer:
        self.asked.append(cursor)
        found = [each for each in self.alerts if not wanted.owner or each.alert_id in self.owned]
        first = int(cursor or 0)
        await self.answering.wait()
        if self.problem is not None:
            raise self.problem
        return Answer(alerts=found[first : first + 3], next=str(first + 3) if first + 3 < len(found) else None)

    async def rest(self) -> None:
        while self.tasks:
            await self.tasks.pop()

    @property
    def shown(self) -> list[str]:
        return [alert.order_number or "" for alert in self.open.shown(NOON)]


def numbers(*given: int) -> list[str]:
    return [f"#{n}" for n in given]


async def test_nothing_is_asked_where_events_told_of_all_or_nothing_was_told_yet() -> None:
    desk = Desk(40)
    desk.open.look()
    desk.open.more()
    assert desk.open.coverage.whole
    other = Desk(99)
    other.book.desk_id = None
    other.open.look()
    assert desk.asked == other.asked == []


async def test_pages_are_read_one_by_one_to_the_end_and_then_no_more() -> None:
    desk = Desk(60)
    desk.open.look()
    desk.open.more()
    await desk.rest()
    desk.open.look()
    assert (desk.asked, desk.shown) == ([None], numbers(0, 1, 2))
    assert (desk.open.coverage.missing, desk.open.coverage.reached) == (57, Severity.CRITICAL)
    await desk.open.everything()
    desk.open.more()
    assert desk.asked == [None, *(str(first) for first in range(3, 60, 3))]
    assert desk.shown == numbers(*range(60))
    assert desk.open.coverage.whole
    desk.book.total = 99
    assert desk.open.coverage.whole, "what opens from now on is told"


async def test_pages_without_an_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders_tui.session.open_alerts.MOST_PAGES", 5)
    desk = Desk(60)
    await desk.open.everything()
    assert len(desk.asked) == 5
    assert desk.open.coverage.whole


async def test_what_ended_while_a_page_was_on_its_way_does_not_come_back() -> None:
    desk = Desk(60)
    desk.answering.clear()
    desk.open.look()
    await asyncio.sleep(0)
    desk.book.absorb(event(1, OpenClosed.CLEARED))
    desk.answering.set()
    await desk.rest()
    assert desk.shown == numbers(0, 2)
    desk.book.absorb(event(1))  # by undo
    desk.book.absorb(event(2, OpenClosed.CLEARED))
    assert desk.shown == numbers(0, 1)


async def test_an_alert_that_was_read_before_it_was_told_pops_up_all_the_same() -> None:
    desk = Desk(60)
    await desk.open.everything()
    assert desk.book.absorb(event(7)).toast is not None
    assert desk.book.from_events(NOON) == [desk.book.find("a7")]


async def test_another_desk_or_a_reset_begins_anew() -> None:
    desk = Desk(60)
    desk.answering.clear()
    desk.open.look()
    await asyncio.sleep(0)
    desk.connect("other")
    desk.open.start_over()
    desk.answering.set()
    await desk.rest()
    assert desk.shown == []
    desk.alerts = [event(n, desk="other") for n in range(60)]
    desk.open.look()
    await desk.rest()
    assert desk.shown == numbers(0, 1, 2)


async def test_a_failure_is_kept_until_one_tries_again() -> None:
    desk = Desk(60)
    desk.problem = Unreachable("away")
    for _ in range(3):
        desk.open.look()
        await desk.rest()
    assert (desk.asked, desk.open.coverage.problem) == ([None], desk.problem)
    desk.problem = None
    desk.open.again()
    await desk.rest()
    assert desk.shown == numbers(0, 1, 2)
    assert desk.open.coverage.problem is None


async def test_an_older_server_is_asked_once_for_a_connection() -> None:
    desk = Desk(60)
    desk.problem = NotASyncServer("404")
    desk.book.absorb(event(0))
    for _ in range(3):
        desk.open.look()
        desk.open.more()
        await desk.rest()
    await desk.open.everything()
    assert (desk.shown, desk.open.coverage.older, desk.open.coverage.missing) == (numbers(0), True, 59)
    assert len(desk.asked) == 2
    desk.problem = None
    desk.open.again()
    await desk.rest()
    assert not desk.open.coverage.older


async def test_of_one_owner_what_changes_hands_comes_and_goes() -> None:
    desk = Desk(8)
    desk.open.choose(MINE)
    await desk.rest()
    desk.open.more()
    await desk.rest()
    assert desk.shown == numbers(0, 2, 4, 6)
    desk.owned = {"a1", "a2"}
    desk.open.moved()
    desk.open.moved()
    await desk.rest()
    assert desk.shown == numbers(1, 2)
    assert len(desk.asked) == 3
    desk.problem = Unreachable("away")
    desk.open.moved()
    await desk.rest()
    assert desk.shown == numbers(1, 2)
    desk.open.choose(ALL_ALERTS)
    desk.open.moved()
    assert desk.tasks == []


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (AlertFilter(frozenset({EventType.HOLD_DUE})), [2]),
        (AlertFilter(severities=frozenset({Severity.INFO})), [3]),
        (AlertFilter(frozenset({EventType.HOLD_DUE}), frozenset({Severity.INFO})), []),
        (AlertFilter(frozenset({EventType.HOLD_DUE, EventType.ORDER_OVERDUE})), [0, 1, 2, 3]),
    ],
)
async def test_types_and_severities_narrow(wanted: AlertFilter, shown: list[int]) -> None:
    desk = Desk(0)
    for told in (event(0), event(1), event(2, type=EventType.HOLD_DUE), event(3, severity=Severity.INFO)):
        desk.book.absorb(told)
    desk.open.choose(wanted)
    assert desk.shown == numbers(*shown)


def test_what_was_put_away_is_kept_while_it_is_not_known_whether_it_is_open() -> None:
    book = AlertBook({"a1": None, "gone": None})
    assert book.hidden() == {"a1": None, "gone": None}
    book.absorb(event(0))
    book.absorb(Event(id="d-9", type=EventType.REFRESH, created_at=NOON))
    book.total = 60
    assert book.hidden() == {"a1": None, "gone": None}
    book.learn([event(1)])
    book.all_read = True
    assert book.hidden() == {"a1": None}
    assert [alert.alert_id for alert in book.open(NOON)] == ["a0"]


def test_ends_are_remembered_within_bounds() -> None:
    book = AlertBook()
    for n in range(ENDS_KEPT + 5):
        book.absorb(event(n, OpenClosed.CLEARED))
    book.learn([event(2), event(ENDS_KEPT)])
    assert [alert.alert_id for alert in book.open(NOON)] == ["a2"]
