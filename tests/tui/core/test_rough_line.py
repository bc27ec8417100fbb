"""A shift over a bad line: every request takes two seconds, one in five is lost on its way, lost on its way back, or put off.

In the end the screen and the server hold the same, and whatever was not done has said why.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from tests.tui.core.fake_desk import DOWN, LOST, FakeDesk, Trouble
from tests.tui.core.test_session import Watched, watching
from tests.tui.core.virtual_time import run

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.errors import Refused
from orders_tui.feed import ConnectionState
from orders_tui.query import OrdersQuery
from orders_tui.session.changes import Notice
from orders_tui.session.log import ActionState
from orders_wire.vocabulary import ErrorCode, Status, Tab

ACTIONS, ORDERS, LATENCY_S, FAILING = 200, 40, 2.0, 0.2
BUSY = Refused(ErrorCode.UNAVAILABLE, "the server is busy", retry_after_s=3.0)


class RoughDesk(FakeDesk):
    """Loses a tenth of all requests before they arrive and a ninth of all answers, which together is one in five."""

    def __init__(self, rng: Random) -> None:
        super().__init__(ORDERS)
        self.rng, self.rough, self.troubles = rng, True, 0
        self.latency_s = LATENCY_S / 2

    async def _travel(self, trouble: Trouble) -> None:
        await super()._travel(trouble)
        self._fail(FAILING / 2, DOWN, BUSY, LOST)

    async def _return(self, trouble: Trouble) -> None:
        await super()._return(trouble)
        self._fail(FAILING / 2 / (1 - FAILING / 2), LOST)

    def _fail(self, chance: float, *errors: Any) -> None:
        if self.rough and self.rng.random() < chance:
            self.troubles += 1
            raise self.rng.choice(errors)


def act(w: Watched, rng: Random, number: int) -> None:
    """One action of the script, on an order that is on show."""
    row = rng.choice(w.session.table.view.rows).order
    seen = {row.id: row.version} if rng.random() < 0.3 else {}
    if number % 10 == 9 and w.session.actions.undoable() is not None:
        w.session.actions.undo()
    elif number % 3:
        w.session.actions.act(AssignDraft((row.id,), f"owner {number}", versions=seen))
    else:
        w.session.actions.act(FulfillDraft((row.id,), versions=seen))


async def shift(w: Watched, rng: Random) -> None:
    """The script: actions, page turns, and a colleague who changes orders under the operator's hands."""
    while len(w.session.actions.log) < ACTIONS:
        act(w, rng, len(w.session.actions.log))
        if rng.random() < 0.2:
            w.desk.change(rng.randint(1, ORDERS), ping=rng.random() < 0.8, assigned_to="colleague")
        if rng.random() < 0.05:
            w.desk.change(rng.randint(1, ORDERS), status=Status.CANCELLED)
        if rng.random() < 0.1:
            rng.choice([w.session.table.next_page, w.session.table.previous_page, w.session.refresh])()
        await w.rest(rng.expovariate(1.0))


@pytest.mark.parametrize("seed", range(3))
def test_a_shift_of_two_hundred_actions(seed: int) -> None:
    async def test() -> None:
        rng = Random(seed)
        desk = RoughDesk(rng)
        async with watching(desk, query=OrdersQuery(Tab.ALL, page_size=10)) as w:
            while not w.session.table.view.rows:
                await w.rest()
            await shift(w, rng)
            assert desk.troubles > ACTIONS * FAILING / 2
            desk.rough = False
            desk.feed.line(ConnectionState.LIVE)
            await w.rest(60)
            every_outcome_is_known_and_explained(w)
            await every_page_is_the_servers(w)

    run(test())


async def every_page_is_the_servers(w: Watched) -> None:
    w.session.table.first_page()
    seen: set[str] = set()
    while len(seen) < ORDERS:
        await w.rest(20)
        w.session.refresh()
        await w.rest(20)
        rows = [row.order for row in w.session.table.view.rows]
        assert rows == [w.desk.rows[row.id] for row in rows]
        seen |= {row.id for row in rows}
        w.session.table.next_page()


def every_outcome_is_known_and_explained(w: Watched) -> None:
    assert not w.session.actions.unsettled
    said = "\n".join(notice.text for notice in w.of(Notice))
    for entry in w.session.actions.log:
        if entry.state in {ActionState.DONE, ActionState.UNDONE}:
            assert entry.action_id is not None
            assert not entry.failures
        else:
            assert entry.message
            assert entry.message in said
            assert all(failure.message for failure in entry.failures)
    assert {entry.state for entry in w.session.actions.log} <= {
        ActionState.DONE,
        ActionState.FAILED,
        ActionState.UNDONE,
        ActionState.PARTLY,
    }
