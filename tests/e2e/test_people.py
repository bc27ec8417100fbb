"""Two operators on one real server: each sees within a second where the other is, and is told who names them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest
from tests.server.contract.whole_desk import WholeDesk, whole_desk
from tests.support.acting import SHOP
from tests.support.desk_orders import gid, line, order, told
from tests.tui.screens.opening import Opening, opening

from orders_sync.db.engine import Database
from orders_sync.instants import system_clock
from orders_sync.live import presence as served_presence
from orders_tui.api.client import SyncApi
from orders_tui.feed.sse import SseFeed
from orders_tui.screens.order import OrderScreen
from orders_tui.session import whereabouts
from orders_tui.session.session import Session
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.top_bar import TopBar
from orders_wire.detail import Note
from orders_wire.vocabulary import ActionName

pytestmark = pytest.mark.e2e

SOON_S = 2.0
"""A second, and what a machine that does other work takes."""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[WholeDesk]:
    database = await Database.open(f"sqlite:///{tmp_path}/desk.db", SHOP, system_clock)
    try:
        await told(database, [order(number, None, line(number, "MUG")) for number in (1001, 1002)])
        async with whole_desk(database) as served:
            yield served
    finally:
        await database.close()


def address(desk: WholeDesk) -> str:
    return str(desk.client.make_url("")).rstrip("/")


@asynccontextmanager
async def at_work(desk: WholeDesk, name: str) -> AsyncIterator[tuple[Session, asyncio.Task[None]]]:
    """A client of the operator's, without a screen."""
    async with SyncApi(address(desk), operator=name) as api:
        session = Session(api, SseFeed(api))
        running = asyncio.create_task(session.run())
        try:
            yield session, running
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


@contextmanager
def killed() -> Iterator[None]:
    """Who ends meanwhile does so without a word."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(whereabouts, "PARTING_S", 0.0)
        yield


async def soon(client: Opening, what: str, *, there: bool = True) -> None:
    """What the first order's row says."""
    async with asyncio.timeout(SOON_S):
        await client.until(lambda: (what in client.lines()[1]) is there)


async def test_who_opens_an_order_is_seen_at_it_until_they_leave_it(desk: WholeDesk, tmp_path: Path) -> None:
    async with at_work(desk, "ana") as (ana, _), opening(address(desk), tmp_path, name="bo") as bo:
        await bo.desk()
        await bo.until(lambda: bo.table.current and ana.connection.up)
        assert bo.table.current is not None
        here = bo.table.current.order.id
        ana.be_at(here)
        await soon(bo, "☻ ana")
        await bo.pilot.press("enter")
        await bo.until(lambda: isinstance(bo.app.screen, OrderScreen) and bo.app.screen.is_mounted)
        present = bo.app.screen.query_one("#present", Bar)
        ana.be_at(here, ActionName.FULFILL)
        async with asyncio.timeout(SOON_S):
            await bo.until(lambda: "ana is here, fulfilling" in present.text)
            await bo.until(lambda: [each.name for each in ana.present.get(here, ())] == ["bo"])
        assert [each["name"] for each in (await desk.detail(1001))["present"]] == ["ana", "bo"]
        await bo.pilot.press("escape")
        async with asyncio.timeout(SOON_S):
            await bo.until(lambda: not ana.present)
        ana.be_at(None)
        await soon(bo, "☻", there=False)


async def test_who_ends_is_gone_at_once_and_who_is_killed_after_a_while(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_presence, "GONE_AFTER_S", 1.0)
    monkeypatch.setattr(whereabouts, "REPEAT_S", 0.3)
    async with opening(address(desk), tmp_path, name="bo") as bo:
        await bo.desk()
        await bo.until(lambda: bo.table.current)
        assert bo.table.current is not None
        here = bo.table.current.order.id
        async with at_work(desk, "ana") as (ana, _):
            await bo.until(lambda: ana.connection.up)
            ana.be_at(here)
            await soon(bo, "☻ ana")
            await asyncio.sleep(1.4)  # she says so again and again
            assert "☻ ana" in bo.lines()[1]
        await soon(bo, "☻", there=False)
        async with at_work(desk, "zoe") as (zoe, running):
            await bo.until(lambda: zoe.connection.up)
            zoe.be_at(here)
            await soon(bo, "☻ zoe")
            with killed():
                running.cancel()
                await asyncio.sleep(0.3)
                assert "☻ zoe" in bo.lines()[1]
                async with asyncio.timeout(SOON_S + 1.0):
                    await bo.until(lambda: "☻" not in bo.lines()[1])


async def test_who_is_named_in_a_note_is_told_and_nobody_else(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.done("assign", {"orderIds": ["1002"], "assignee": "Bo"}, by="zoe")
    async with at_work(desk, "ana") as (ana, _), opening(address(desk), tmp_path, name="bo") as bo:
        screen = await bo.desk()
        await bo.until(lambda: bo.table.current and ana.connection.up)
        await desk.done("note", {"orderIds": ["1001"], "note": "@bo look"}, by="ana")
        async with asyncio.timeout(SOON_S):
            await bo.until(lambda: "@me 1" in screen.query_one(TopBar).text)
        assert "ana mentioned you on #1001" in [toast.message for toast in bo.app._notifications]
        session = screen.work.session
        async with asyncio.timeout(SOON_S):
            await bo.until(lambda: session.mentions.unread)
        (mention,) = session.mentions.unread
        assert (mention.order_id, mention.by, mention.text) == (gid(1001), "ana", "@bo look")
        await session.mentions.read([mention.id])
        assert (await session.mentions.all()) == (mention,)
        assert session.mentions.count == ana.mentions.count == 0


async def test_an_own_note_is_written_changed_deleted_and_taken_back(desk: WholeDesk, tmp_path: Path) -> None:
    """Shown at once, and as the server has it in the end; the shop hears of none of it."""

    async def told_there(*texts: str) -> None:
        """The client shows just these notes, and so does the server once the last action was done."""
        assert [note.text for note in notes()] == list(texts)
        await ana.until(lambda: not session.actions.unsettled)
        held = await desk.detail(1001)
        assert ([note["text"] for note in held["notes"]], held["note_count"]) == (list(texts), len(texts))
        await ana.until(lambda: [note.text for note in notes()] == list(texts) and not stale())

    def notes() -> list[Note]:
        known = session.table.detail(gid(1001))
        return known.notes if known is not None else []

    def stale() -> bool:
        return any(note.id.startswith("meanwhile") for note in notes())

    async with opening(address(desk), tmp_path, name="ana") as ana:
        screen = await ana.desk()
        session = screen.work.session
        await ana.until(lambda: ana.table.current and session.table.detail(gid(1001)) is not None)
        session.table.move_cursor(gid(1001))
        await ana.pilot.press("n", *"called", "ctrl+s")
        await told_there("called")
        await ana.pilot.press("n", "ctrl+o", *" twice", "ctrl+s")
        await told_there("called twice")
        assert notes()[0].edited_at is not None
        await ana.pilot.press("n", "ctrl+o", "ctrl+r")
        await told_there()
        await ana.pilot.press("u")
        await ana.until(notes)
        await told_there("called twice")
        held = await desk.detail(1001)
        assert (held["note"], held["outbox"]) == (None, [])
