"""Laws of the session: whatever happens in whatever order, the cursor never lands on another order by itself, no order is shown
twice, and when things come to rest the screen holds what the server holds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tui.core.fake_desk import DOWN, LOST, FakeDesk
from tests.tui.core.samples import gid
from tests.tui.core.test_session import Watched, watching
from tests.tui.core.virtual_time import run

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.feed import ConnectionState
from orders_tui.query import OrdersQuery
from orders_wire.vocabulary import Status, Tab

Step = Callable[[Watched], Awaitable[None]]
COUNT = 14


def somebody(w: Watched, n: int, what: int) -> None:
    if what % 7 == 0:
        w.desk.arrive(max(int(row.order_number[1:]) for row in w.desk.rows.values()) - 999)
    elif what % 3 == 0:
        w.desk.change(n, assigned_to="eve")
    elif what % 3 == 1:
        w.desk.change(n, status=Status.CANCELLED, ping=what != 4)
    else:
        w.desk.change(n, status=Status.AWAITING_FULFILLMENT)


def operator(w: Watched, n: int, what: int) -> None:
    """What a person does without moving the cursor."""
    row = w.session.table.order(gid(n))
    if row is None:
        return
    if what % 4 == 0:
        w.session.actions.act(AssignDraft((row.id,), f"op{what}"))
    elif what % 4 == 1:
        w.session.actions.act(FulfillDraft((row.id,)))
    elif what % 4 == 2:
        w.session.actions.undo()
    else:
        w.session.refresh()


def line(w: Watched, what: int) -> None:
    if what % 5 == 0:
        w.desk.writes.after.append(LOST)
    elif what % 5 == 1:
        w.desk.writes.before.append(LOST)
    elif what % 5 == 2:
        w.desk.reads.before.append(DOWN)
    else:
        w.desk.feed.line(ConnectionState.OFFLINE if what % 5 == 3 else ConnectionState.LIVE, "x")


def move(w: Watched, what: int) -> None:
    """What moves the cursor, or shows something else."""
    steps: list[Callable[[], object]] = [
        lambda: w.session.table.step(1),
        lambda: w.session.table.step(-1),
        w.session.table.next_page,
        w.session.table.previous_page,
        w.session.table.first_page,
        w.session.table.last_page,
        lambda: w.session.table.open_tab(Tab.ALL),
        lambda: w.session.table.open_tab(Tab.UNFULFILLED),
    ]
    steps[what % len(steps)]()


happenings = st.lists(
    st.tuples(
        st.sampled_from(["somebody", "operator", "line", "move", "freeze"]),
        st.integers(1, 2 * COUNT),
        st.integers(0, 40),
        st.sampled_from([0.0, 0.005, 0.05, 0.4, 2.0, 15.0]),
    ),
    min_size=3,
    max_size=22,
)


async def live_through(w: Watched, steps: list[tuple[str, int, int, float]]) -> None:
    for kind, number, what, seconds in steps:
        before = w.cursor
        n = before if before is not None and number > COUNT else number
        match kind:
            case "somebody":
                somebody(w, n, what)
            case "operator":
                operator(w, n, what)
            case "line":
                line(w, what)
            case "freeze":
                w.session.table.freeze(what % 2 == 0)
            case _:
                move(w, what)
                await w.rest(20)
                before = w.cursor
        await w.rest(seconds)
        numbers = w.numbers()
        assert len(set(numbers)) == len(numbers)
        assert w.cursor == before or not numbers or before is None
        assert (w.cursor in numbers) == bool(numbers)


async def come_to_rest(w: Watched) -> None:
    w.desk.writes.before.clear()
    w.desk.writes.after.clear()
    w.desk.reads.before.clear()
    w.session.table.freeze(False)
    w.desk.feed.line(ConnectionState.LIVE)
    await w.rest(30)
    w.session.table.open_tab(Tab.ALL)
    w.session.table.first_page()
    await w.rest(5)
    w.session.refresh()
    await w.rest(90)
    w.session.table.first_page()  # a row that went elsewhere while the cursor was on it stays until the cursor leaves it
    await w.rest(5)


@settings(max_examples=150, deadline=None)
@given(happenings)
def test_whatever_happens(steps: list[tuple[str, int, int, float]]) -> None:
    async def test() -> None:
        async with watching(FakeDesk(COUNT), query=OrdersQuery(Tab.UNFULFILLED, page_size=3)) as w:
            await live_through(w, steps)
            await come_to_rest(w)
            assert not w.session.actions.unsettled
            assert [row.order for row in w.session.table.view.rows] == w.desk.listed(Tab.ALL)[:3]
            assert not any(row.ghost for row in w.session.table.view.rows)
            assert w.session.table.view.new_count == 0

    run(test())
