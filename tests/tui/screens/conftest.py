"""The desk without a server: frozen time, orders in memory, no animation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.unseen_frames import skip_unseen_frames
from tests.tui.screens.desk_data import NOW
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_outgoing import FakeOutgoing
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.fake_shops import FakeShops
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.widgets import Input, TextArea

from orders_tui import paths
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.context.context import Context
from orders_tui.pace import Pace
from orders_tui.programs import printer
from orders_tui.registry import keymap_of
from orders_tui.screens.desk import DeskScreen

MakeApp = Callable[..., DeskApp]


class SteppingClock:
    """Monotonic seconds that move on with every look, so that nothing happens at the same instant."""

    def __init__(self, step: float = 0.2) -> None:
        self.now = 1000.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture(autouse=True, scope="session")
def _styles_are_read_once() -> Iterator[None]:
    """For all apps of a test process: reading them is a quarter of what opening a desk costs."""
    read = Stylesheet._parse_rules
    known: dict[object, list[RuleSet]] = {}

    def reading(sheet: Stylesheet, css: str, *given: Any, **named: Any) -> list[RuleSet]:
        key = (css, given, tuple(named.items()), tuple(sheet._variables.items()))
        if key not in known:
            known[key] = read(sheet, css, *given, **named)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stylesheet, "_parse_rules", reading)
        yield


@pytest.fixture
def every_frame() -> bool:
    """Whether what is between two keys is drawn too; a module whose tests are about that says so."""
    return False


@pytest.fixture(autouse=True)
def _a_display(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the tests are run on, a browser could be opened here; none is. What is printed lies where the test does."""
    monkeypatch.setattr(printer, "has_display", lambda *_: True)
    monkeypatch.setattr(printer, "_opened", lambda *_: True)
    monkeypatch.setattr(paths, "prints_folder", lambda _: tmp_path / "prints")


@pytest.fixture(autouse=True)
def _frames_nobody_sees(every_frame: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not every_frame:
        skip_unseen_frames(monkeypatch)


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(DeskApp, "open_url", lambda *_, **__: None)  # no browser of this machine
    for field in (Input, TextArea):
        monkeypatch.setattr(field.cursor_blink, "_default", False, raising=False)


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def make_app(session: FakeSession, clock: SteppingClock, tmp_path: Path) -> MakeApp:
    """Builds the app around `session`; keyword arguments are the configuration's."""

    def make(**config: object) -> DeskApp:
        settings = Config(**{"environment": "PROD", **config})  # type: ignore[arg-type]
        pace = Pace(now=lambda: NOW + timedelta(minutes=session.minutes), monotonic=clock)

        async def begin(app: DeskApp) -> None:
            app.run_session(work)

        app = DeskApp(lambda: DeskScreen(work), tmp_path, pace=pace, ascii_only=settings.ascii, begin=begin)
        work = Context(
            session,
            settings,
            pace,
            keymap_of(settings),
            keyboard=app.keyboard,
            outgoing=FakeOutgoing(),
            shops=FakeShops(),
            packing=tmp_path / "packing",
        )
        return app

    return make


@pytest.fixture
def open_desk(make_app: MakeApp, session: FakeSession) -> Open:
    @asynccontextmanager
    async def opened(size: tuple[int, int] = (120, 40), **config: object) -> AsyncIterator[Desk]:
        app = make_app(**config)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield Desk(app, pilot, session)
            if app.is_running:
                app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)

    return opened
