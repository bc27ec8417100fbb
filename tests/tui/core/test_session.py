"""The session on a desk in memory: what is on show stays true and still, pings cost little, pages turn at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from itertools import count, cycle, repeat
from typing import TYPE_CHECKING, Any, cast

import pytest
from tests.tui.core.fake_desk import DOWN, FakeDesk
from tests.tui.core.samples import gid, order, page
from tests.tui.core.virtual_time import now, now_s, pace, run

from orders_tui.errors import Refused, SignInNeeded
from orders_tui.feed import ConnectionState, Events
from orders_tui.query import Filters, OrdersQuery
from orders_tui.session import Session
from orders_tui.session.changes import Change, CursorMoved, Notice, PageShown, RowsChanged
from orders_tui.session.matching import collect
from orders_tui.state_file import TabMemory
from orders_wire.alerts import Event
from orders_wire.vocabulary import ErrorCode, EventType, Status, Tab

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.page import OrdersPage

ALL = OrdersQuery(Tab.ALL, page_size=5)


class Watched:
    """A running session and everything that it told."""

    def __init__(self, desk: FakeDesk, session: Session) -> None:
        self.desk, self.session = desk, session
        self.told: list[Change] = []
        session.subscribe(self.told.append)

    def numbers(self) -> list[int]:
        return [int(row.order.order_number[1:]) - 1000 for row in self.session.table.view.rows]

    def ghosts(self) -> list[int]:
        return [int(row.order.order_number[1:]) - 1000 for row in self.session.table.view.rows if row.ghost]

    @property
    def cursor(self) -> int | None:
        here = self.session.table.view.cursor_id
        return None if here is None else int(here.rpartition("/")[2])

    def of(self, kind: type[Change]) -> list[Any]:
        return [change for change in self.told if isinstance(change, kind)]

    async def rest(self, seconds: float = 1.0) -> None:
        await asyncio.sleep(seconds)


@asynccontextmanager
async def watching(desk: FakeDesk, **given: Any) -> AsyncIterator[Watched]:
    given = {"query": ALL, "pace": pace(), **given}
    session = Session(cast("Any", desk), desk.feed, **given)
    desk.feed.line(ConnectionState.LIVE)
    running = asyncio.create_task(session.run())
    try:
        watched = Watched(desk, session)
        await watched.rest()
        yield watched
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def play(scenario: Callable[[Watched], Awaitable[None]], count: int = 30, **given: Any) -> None:
    async def test() -> None:
        async with watching(FakeDesk(count), **given) as watched:
            await scenario(watched)

    run(test())


def test_the_first_page_comes_with_the_cursor_on_its_first_row() -> None:
    async def scenario(w: Watched) -> None:
        assert w.numbers() == [30, 29, 28, 27, 26]
        assert w.cursor == 30
        span = w.session.table.view.span
        assert (span.first, span.last, span.total, span.page, span.pages) == (1, 5, 30, 1, 6)
        assert w.session.me is not None
        assert not w.session.table.view.loading

    play(scenario)


def test_a_page_turn_is_immediate_because_the_neighbour_was_fetched_before() -> None:
    async def scenario(w: Watched) -> None:
        for expected in ([25, 24, 23, 22, 21], [20, 19, 18, 17, 16]):
            assert w.session.table.next_page()
            assert w.numbers() == expected
            await w.rest()
        assert w.session.table.previous_page()
        assert (w.numbers(), w.cursor) == ([25, 24, 23, 22, 21], 21)

    play(scenario)


def test_walking_by_rows_crosses_pages_and_stops_at_the_ends() -> None:
    async def scenario(w: Watched) -> None:
        seen = [w.cursor]
        while (order_id := w.session.table.step(1)) is not None:
            seen.append(int(order_id.rpartition("/")[2]))
            await w.rest(0.1)
        assert seen == list(range(12, 0, -1))
        assert w.session.table.step(-1) == gid(2)

    play(scenario, count=12)


def test_both_ends_of_the_list() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.last_page()
        await w.rest()
        assert (w.numbers(), w.cursor) == ([2, 1], 1)
        w.session.table.first_page()
        assert (w.numbers()[0], w.cursor) == (12, 12)

    play(scenario, count=12)


def test_a_burst_of_a_thousand_pings_costs_one_fetch_of_the_page() -> None:
    async def scenario(w: Watched) -> None:
        before = len(w.desk.asked)
        for _ in range(1000):
            w.desk.change(1)
        await w.rest(0.2)
        shown = [query for query in w.desk.asked[before:] if query.cursor == "key:1030"]
        assert len(shown) == 1

    play(scenario)


def test_steady_pings_are_seen_within_a_second_at_a_few_fetches_a_second() -> None:
    async def scenario(w: Watched) -> None:
        before = len(w.desk.asked)
        for n in range(100):
            w.desk.change(30, customer_name=f"name {n}")
            await w.rest(0.05)
        await w.rest(0.5)
        shown = [query for query in w.desk.asked[before:] if query.cursor == "key:1030"]
        assert 10 <= len(shown) <= 25
        assert w.session.table.view.rows[0].order.customer_name == "name 99"

    play(scenario)


def test_a_changed_row_is_marked_for_a_moment() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.change(28, customer_name="X")
        await w.rest(0.1)
        assert [row.changed for row in w.session.table.view.rows] == [False, False, True, False, False]
        assert w.of(RowsChanged)[-1].order_ids == {gid(28)}
        await w.rest(6)
        assert not any(row.changed for row in w.session.table.view.rows)
        assert w.of(RowsChanged)[-1].order_ids == {gid(28)}

    play(scenario)


def test_new_orders_wait_behind_the_pill_and_move_nothing() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.move_cursor(gid(28))
        w.desk.arrive(31)
        w.desk.arrive(32)
        await w.rest()
        assert (w.numbers(), w.cursor, w.session.table.view.new_count) == ([30, 29, 28, 27, 26], 28, 2)
        w.session.refresh()
        await w.rest()
        assert (w.numbers(), w.cursor, w.session.table.view.new_count) == ([32, 31, 30, 29, 28], 28, 0)

    play(scenario)


def test_taking_in_what_waits_never_moves_the_cursor_to_another_order() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.move_cursor(gid(26))
        w.desk.arrive(31)
        await w.rest()
        w.session.refresh()
        await w.rest()
        assert w.cursor == 26
        assert w.ghosts() == [26]
        w.session.table.move_cursor(gid(29))
        assert 26 not in w.numbers()

    play(scenario)


def test_a_row_that_left_stays_as_a_ghost_while_the_cursor_is_on_it() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.move_cursor(gid(29))
        w.desk.change(29, status=Status.CANCELLED)
        await w.rest()
        assert (w.numbers(), w.ghosts()) == ([30, 29, 28, 27, 26, 25], [29])
        ghost = w.session.table.view.rows[1].ghost
        assert ghost is not None
        assert ghost.reason == "cancelled"
        await w.rest(60)
        assert w.ghosts() == [29]
        w.session.table.move_cursor(gid(28))
        assert w.numbers() == [30, 28, 27, 26, 25]

    play(scenario, query=OrdersQuery(Tab.UNFULFILLED, page_size=5))


def test_a_ghost_away_from_the_cursor_fades() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.change(28, status=Status.CANCELLED)
        await w.rest()
        assert w.ghosts() == [28]
        await w.rest(15)
        assert (w.numbers(), w.cursor) == ([30, 29, 27, 26, 25], 30)

    play(scenario, query=OrdersQuery(Tab.UNFULFILLED, page_size=5))


def test_frozen_nothing_moves_or_changes_and_what_is_missed_is_counted() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.freeze(True)
        w.desk.change(29, customer_name="X")
        w.desk.arrive(31)
        await w.rest()
        assert w.session.table.view.rows[1].order.customer_name == "Customer 29"
        assert w.session.table.view.new_count == 2
        w.session.table.freeze(False)
        await w.rest()
        assert w.session.table.view.rows[1].order.customer_name == "X"
        assert w.session.table.view.new_count == 1

    play(scenario)


def test_each_tab_is_found_as_it_was_left() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.next_page()
        w.session.table.move_cursor(gid(23))
        w.session.table.open_tab(Tab.UNFULFILLED)
        await w.rest()
        assert w.session.table.view.query.tab is Tab.UNFULFILLED
        assert w.cursor == 30
        w.session.table.open_tab(Tab.ALL)
        assert (w.numbers(), w.cursor) == ([25, 24, 23, 22, 21], 23)
        assert w.session.table.view.span.page == 2

    play(scenario)


def test_a_restart_finds_tab_page_and_order_even_when_new_orders_came() -> None:
    memory: list[TabMemory] = []

    async def first(w: Watched) -> None:
        w.session.table.move_cursor(gid(27))
        memory.append(w.session.table.memory(Tab.ALL))

    async def second(w: Watched) -> None:
        w.session.table.open_tab(Tab.ALL)
        await w.rest()
        assert w.cursor == 27
        assert w.numbers() == [30, 29, 28, 27, 26]

    play(first)
    play(second, count=40, query=OrdersQuery(Tab.UNFULFILLED, page_size=5), memories={Tab.ALL: memory[0]})


def test_a_place_that_the_server_no_longer_knows_leads_to_the_top() -> None:
    async def scenario(w: Watched) -> None:
        assert w.numbers() == [30, 29, 28, 27, 26]

    play(scenario, query=ALL.at("old"))


def test_filters_start_at_the_top_and_keep_the_cursor_on_its_order() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.move_cursor(gid(27))
        w.session.table.set_filters(Filters(words="x"))
        assert w.session.table.view.loading
        assert w.session.table.view.rows == ()
        await w.rest()
        assert w.cursor == 27
        assert w.session.table.view.query.filters.words == "x"

    play(scenario)


def test_when_the_last_page_empties_the_one_before_is_shown() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.last_page()
        await w.rest()
        assert w.numbers() == [1]
        w.desk.change(1, status=Status.CANCELLED)
        await w.rest()
        w.session.refresh()
        await w.rest(20)
        assert w.session.table.view.span.page == 1 or w.ghosts() == [1]

    play(scenario, count=6, query=OrdersQuery(Tab.UNFULFILLED, page_size=5))


def test_an_outage_is_said_rows_stay_and_recovery_is_by_itself() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.reads.before = [DOWN] * 1000
        w.desk.feed.line(ConnectionState.OFFLINE, "gone")
        w.session.refresh()
        await w.rest(30)
        assert w.session.table.view.problem is DOWN
        assert w.numbers() == [30, 29, 28, 27, 26]
        assert not w.session.connection.acts
        w.desk.reads.before.clear()
        w.desk.change(30, ping=False, customer_name="X")
        w.desk.feed.line(ConnectionState.LIVE)
        await w.rest(0.1)
        assert w.session.table.view.problem is None
        assert w.session.table.view.rows[0].order.customer_name == "X"

    play(scenario)


def test_even_without_any_ping_the_page_is_never_much_older_than_a_minute() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.change(30, ping=False, customer_name="X")
        await w.rest(61)
        assert w.session.table.view.rows[0].order.customer_name == "X"

    play(scenario)


def test_a_failing_server_is_not_hammered() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.reads.before = [DOWN] * 10_000
        w.session.refresh()
        before = len(w.desk.asked)
        await w.rest(60)
        assert 5 <= len(w.desk.asked) - before <= 15

    play(scenario)


def test_an_expired_token_is_said_and_signing_in_again_continues() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.reads.before = [SignInNeeded("expired")] * 100
        w.desk.change(30, customer_name="X")
        await w.rest()
        assert w.session.connection.state.value == "signed_out"
        assert await w.session.sign_in("new") is None
        await w.rest()
        assert w.session.connection.state is ConnectionState.LIVE
        assert w.session.table.view.rows[0].order.customer_name == "X"

    play(scenario)


def test_the_detail_under_the_cursor_comes_after_a_short_rest() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.details.clear()
        for n in (29, 28, 27):
            w.session.table.move_cursor(gid(n))
            await w.rest(0.05)
        await w.rest(0.5)
        assert w.desk.details == [gid(27)]
        assert w.session.table.detail(gid(27)) is not None

    play(scenario)


def test_an_open_detail_follows_its_order() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.detail(gid(30))
        await w.rest()
        w.desk.change(30, customer_name="X")
        await w.rest()
        detail = w.session.table.detail(gid(30))
        assert detail is not None
        assert (detail.customer_name, detail.version) == ("X", 2)
        assert w.desk.details.count(gid(30)) == 2

    play(scenario)


def test_an_open_detail_follows_its_order_out_of_the_list() -> None:
    async def scenario(w: Watched) -> None:
        w.session.table.move_cursor(gid(29))
        w.desk.change(29, status=Status.CANCELLED)
        await w.rest()
        w.desk.change(29, customer_name="X")
        await w.rest()
        detail = w.session.table.detail(gid(29))
        assert detail is not None
        assert detail.customer_name == "X"

    play(scenario, query=OrdersQuery(Tab.UNFULFILLED, page_size=5))


def test_a_detail_that_cannot_be_had_says_why() -> None:
    async def scenario(w: Watched) -> None:
        assert w.session.table.detail(gid(999)) is None
        await w.rest()
        problem = w.session.table.detail_problem(gid(999))
        assert isinstance(problem, Refused)
        assert problem.code is ErrorCode.NOT_FOUND

    play(scenario)


def test_another_desk_starts_over() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.desk_id, w.desk.version = "restored", 3
        w.desk.rows = {gid(7): w.desk.rows[gid(7)]}
        w.desk.ping(3, reset=True)
        await w.rest()
        w.session.refresh()
        await w.rest(20)
        assert 7 in w.numbers()
        assert w.session.table.order(gid(30)) is None

    play(scenario)


def test_the_same_page_is_never_fetched_twice_at_once() -> None:
    async def scenario(w: Watched) -> None:
        flying: list[OrdersQuery] = []
        fetch = w.desk.orders

        async def orders(query: OrdersQuery, min_version: int | None = None) -> Any:
            assert query not in flying
            flying.append(query)
            try:
                return await fetch(query, min_version)
            finally:
                flying.remove(query)

        w.desk.orders = orders  # type: ignore[method-assign]
        w.desk.latency_s = 0.2
        for n in range(40):
            w.desk.change(30)
            if n % 3 == 0:
                w.session.table.next_page()
            if n % 5 == 0:
                w.session.refresh()
            if n % 7 == 0:
                w.session.table.first_page()
            await w.rest(0.07)

    play(scenario)


@pytest.mark.parametrize("collected", [12, 600])
def test_all_that_match_are_collected_page_by_page(collected: int) -> None:
    async def scenario(w: Watched) -> None:
        progress: list[tuple[int, int]] = []
        matching = await w.session.collect_matching(on_progress=lambda found, total: progress.append((found, total)))
        assert len(matching.orders) == collected
        assert matching.complete
        assert progress[-1] == (collected, collected)

    play(scenario, count=collected)


class _Endless:
    """A desk whose every page says that more follow."""

    def __init__(self, rows: int, cursors: Iterable[str]) -> None:
        self.asked = 0
        self._rows = rows
        self._cursors = iter(cursors)

    async def orders(self, _query: OrdersQuery) -> OrdersPage:
        self.asked += 1
        rows = [order(number) for number in range(self._rows)]
        return page(rows, has_next_page=True, next_cursor=next(self._cursors))


@pytest.mark.parametrize(
    ("rows", "cursors"), [(1, repeat("c")), (1, cycle("abc")), (0, (f"c{number}" for number in count()))]
)
async def test_a_list_that_leads_nowhere_is_not_walked_for_ever(rows: int, cursors: Iterable[str]) -> None:
    desk = _Endless(rows, cursors)
    matching = await collect(cast("SyncApi", desk), OrdersQuery())
    assert (len(matching.orders), matching.complete) == (rows, False)
    assert desk.asked <= 12


def test_changes_name_the_cursor_only_when_it_moved() -> None:
    async def scenario(w: Watched) -> None:
        w.told.clear()
        w.desk.change(29)
        await w.rest()
        assert not w.of(CursorMoved)
        assert not w.of(PageShown)
        w.session.table.step(1)
        assert [change.order_id for change in w.of(CursorMoved)] == [gid(29)]

    play(scenario)


def test_time_passes_only_virtually() -> None:
    async def scenario(w: Watched) -> None:
        before = now_s()
        await w.rest(3600)
        assert now_s() - before == 3600

    play(scenario, count=1)


def test_an_answer_that_was_on_its_way_before_the_change_is_asked_for_again() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.latency_s = 0.5
        w.session.table.set_filters(Filters(words="x"))
        await w.rest(0.7)
        w.desk.change(30, customer_name="X")
        await w.rest(3)
        assert w.session.table.view.rows[0].order.customer_name == "X"

    play(scenario)


def test_another_desk_at_the_same_address_leaves_nothing_of_the_old_one() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.version = 90_000
        w.desk.ping(90_000)
        await w.rest()
        w.desk.desk_id, w.desk.version = "other", 3
        w.desk.rows = {gid(n): order(n) for n in range(50, 53)}
        w.desk.feed.items.put_nowait(Events((_reset("other-0", 3),)))
        await w.rest()
        assert w.numbers() == [52, 51, 50]
        assert w.ghosts() == []
        summary = w.session.table.summary
        assert summary is not None
        assert summary.desk is not None
        assert (summary.desk.id, summary.metrics.total_orders) == ("other", 3)
        w.desk.arrive(53)
        await w.rest()
        assert w.session.table.summary is not None
        assert w.session.table.summary.metrics.total_orders == 4

    play(scenario)


def test_a_feed_that_breaks_says_so_and_comes_back() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.feed.line(ConnectionState.LIVE)
        await w.rest()
        w.desk.feed.items.put_nowait(Broken())  # type: ignore[arg-type]
        await asyncio.sleep(0.5)
        assert not w.session.connection.up
        w.desk.feed.line(ConnectionState.LIVE)
        await asyncio.sleep(5)
        assert w.session.connection.up

    play(scenario)


def test_rows_that_do_not_read_are_told_of_once_for_a_desk_and_counted_while_they_are_there() -> None:
    async def scenario(w: Watched) -> None:
        fetch, unread = w.desk.orders, 2

        async def orders(query: OrdersQuery, min_version: int | None = None) -> Any:
            page = await fetch(query, min_version)
            return page.model_copy(update={"orders": page.orders.model_copy(update={"unread": unread})})

        w.desk.orders = orders  # type: ignore[method-assign]
        for unread in (2, 1, 0, 1):
            w.session.refresh()
            await w.rest()
            assert w.session.table.view.unread == unread
        (notice,) = w.of(Notice)
        assert notice.text == "2 orders could not be read: left out of the list"
        w.desk.desk_id = "other"
        w.session.refresh()
        await w.rest()
        assert len(w.of(Notice)) == 2

    play(scenario)


def test_details_are_read_a_few_at_a_time_and_one_that_cannot_be_had_stops_none() -> None:
    async def scenario(w: Watched) -> None:
        came: dict[str, object] = {}
        ids = [*(gid(n) for n in range(1, 9)), gid(999)]
        begun = now_s()
        await w.session.read_details(ids, came.__setitem__)
        assert sorted(came) == sorted(ids)
        assert isinstance(came[gid(999)], Refused)
        assert now_s() - begun == pytest.approx(3 * w.desk.latency_s)

    play(scenario)


class Broken:
    @property
    def events(self) -> tuple[Event, ...]:
        raise LookupError


def _reset(event_id: str, version: int) -> Event:
    return Event(id=event_id, type=EventType.REFRESH, created_at=now(), version=version, reset=True)
