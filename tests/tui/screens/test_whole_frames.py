"""What one change does to the desk comes out as one frame: rows, figures, side bar and pane, laid out and painted once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.tui.screens.desk_data import NOW
from tests.tui.screens.opening import Opening, opening
from tests.tui.screens.served_desk import ServedDesk, served
from textual.app import App
from textual.screen import Screen

from orders_tui.feed.connection import ConnectionState
from orders_tui.screens.desk import DeskScreen, renderer
from orders_tui.screens.desk.renderer import PAGE_FOLLOWS_S
from orders_tui.session.changes import ConnectionChanged
from orders_tui.widgets.side_bar import SideBar
from orders_wire.alerts import Event
from orders_wire.vocabulary import EventType, OpenClosed, Severity

LONG_S = 5.0
"""A page comes sooner, however much else the machine has to do."""
AT_REST_S = 0.5
"""What was to be painted was by then."""
QUIET_S = 0.15
"""A second frame would have come by then."""


@pytest.fixture
def every_frame() -> bool:
    return True


@dataclass
class Terminal:
    """How often the desk was laid out and painted since `clear`."""

    frames: list[str] = field(default_factory=list)
    layouts: int = 0

    def clear(self) -> None:
        self.frames.clear()
        self.layouts = 0


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal, display, lay_out = Terminal(), App._display, Screen._refresh_layout

    def displayed(app: App[None], screen: Screen[Any], frame: Any) -> None:
        if frame is not None:
            terminal.frames.append(type(frame).__name__)
        display(app, screen, frame)

    def laid_out(screen: Screen[Any], *given: Any, **named: Any) -> None:
        terminal.layouts += 1
        lay_out(screen, *given, **named)

    monkeypatch.setattr(App, "_display", displayed)
    monkeypatch.setattr(Screen, "_refresh_layout", laid_out)
    monkeypatch.setattr(renderer, "PAGE_FOLLOWS_S", LONG_S)
    monkeypatch.setattr(DeskScreen, "tick", lambda _: None)  # the clock of the first line is another matter
    return terminal


@pytest.fixture
async def server() -> AsyncIterator[ServedDesk]:
    async with served() as desk:
        desk.streams = True
        yield desk


@pytest.fixture
async def client(server: ServedDesk, terminal: Terminal, tmp_path: Path) -> AsyncIterator[Opening]:
    """A desk that is live, and at rest."""
    async with opening(server.url, tmp_path) as client:
        desk = await client.desk()
        await client.until(
            lambda: desk.work.session.connection.state is ConnectionState.LIVE and desk.query_one(SideBar).lines
        )
        await client.pilot.pause(AT_REST_S)
        terminal.clear()
        yield client
        server.cut()


async def frames(client: Opening, terminal: Terminal) -> list[str]:
    """Those of what happens now, to the end of it."""
    await client.until(lambda: terminal.frames)
    await client.pilot.pause(QUIET_S)
    return terminal.frames


def changed_elsewhere(server: ServedDesk) -> Event:
    """Three rows have another owner, figures and panels changed, and an alert tells of it. The cursor is on the second row."""
    server.moves += 1
    server.rows = [
        row.model_copy(update={"assigned_to": "zoe", "version": row.version + 1}) if at in (1, 2, 7) else row
        for at, row in enumerate(server.rows)
    ]

    def more(told: Any) -> Any:
        if "tabs" in told:
            told["tabs"]["unfulfilled"] += 3
            told["metrics"]["overdue"] += 5
            told["work"]["unowned_total"] += 7
        return told

    server.spoil = more
    return Event(
        id=f"k3f9-{server.desk.version}",
        type=EventType.SHIPMENT_DELAY,
        severity=Severity.WARNING,
        message="Order #104033: no scan by DHL since yesterday",
        status=OpenClosed.OPEN,
        created_at=NOW,
        alert_id="a77",
        order_id=server.rows[2].id,
        order_ids=[server.rows[at].id for at in (1, 2, 7)],
        version=server.desk.version,
    )


def shows_it(client: Opening) -> bool:
    desk = client.app.screen_stack[0]
    assert isinstance(desk, DeskScreen)
    alerts = any("104033" in text for line in desk.query_one(SideBar).lines for text, _ in line.left)
    return alerts and all("zoe" in client.lines()[at + 1] for at in (1, 2, 7))


async def test_a_refetch_after_an_event_is_one_frame(client: Opening, server: ServedDesk, terminal: Terminal) -> None:
    await client.pilot.press("j")
    await client.pilot.pause(0.4)
    cursor, scroll = client.cursor, client.table.scroll_offset
    terminal.clear()
    await server.tell(changed_elsewhere(server))
    assert len(await frames(client, terminal)) == 1
    assert terminal.layouts <= 1
    assert shows_it(client)
    assert (client.cursor, client.table.scroll_offset) == (cursor, scroll)


async def test_a_refetch_while_a_dialog_is_open_paints_what_changed_once(
    client: Opening, server: ServedDesk, terminal: Terminal
) -> None:
    await client.pilot.press("S")
    await client.pilot.pause(0.3)
    terminal.clear()
    await server.tell(changed_elsewhere(server))
    assert await frames(client, terminal) == ["ChopsUpdate"]
    await client.pilot.pause(QUIET_S)
    assert len(terminal.frames) == 1, "and not again with what comes next"


async def test_a_dialog_that_is_confirmed_is_gone_in_the_frame_that_shows_the_change(
    client: Opening, server: ServedDesk, terminal: Terminal
) -> None:
    server.acts.clear()
    await client.pilot.press("a")
    await client.pilot.pause(0.3)
    await client.pilot.press("b", "o")
    terminal.clear()
    await client.pilot.press("enter")
    assert len(await frames(client, terminal)) == 1
    assert isinstance(client.app.screen, DeskScreen)
    assert "bo" in client.lines()[1]


async def test_a_tab_that_was_not_read_before_comes_with_all_that_it_changes(
    client: Opening, server: ServedDesk, terminal: Terminal
) -> None:
    await client.pilot.press("3")
    assert len(await frames(client, terminal)) <= 2, (
        "which tab is open is said at once, the rows come when they are there"
    )
    terminal.clear()
    await client.pilot.press("2")
    assert len(await frames(client, terminal)) == 1, "what is known is shown at once, and what is read is the same"


async def test_a_connection_that_is_back_shows_with_what_it_brings(
    client: Opening, server: ServedDesk, terminal: Terminal
) -> None:
    desk = client.app.screen
    assert isinstance(desk, DeskScreen)
    session = desk.work.session
    server.cut()
    server.status = 503
    await client.until(lambda: desk.has_class("-stale"))
    await client.pilot.pause(AT_REST_S)
    changed_elsewhere(server)
    session.subscribe(lambda change: terminal.clear() if isinstance(change, ConnectionChanged) else None)
    server.status, server.streams = 200, True
    session.refresh()
    await client.until(lambda: session.connection.up)
    assert len(await frames(client, terminal)) == 1
    assert not desk.has_class("-stale")
    assert all("zoe" in client.lines()[at + 1] for at in (1, 2, 7))


async def test_what_waits_for_a_page_that_does_not_come_is_shown_by_itself(
    client: Opening, server: ServedDesk, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderer, "PAGE_FOLLOWS_S", PAGE_FOLLOWS_S)
    server.answers.clear()
    await server.tell(changed_elsewhere(server))
    assert len(await frames(client, terminal)) == 1
    assert any("104033" in text for line in client.app.screen.query_one(SideBar).lines for text, _ in line.left)
    server.answers.set()
