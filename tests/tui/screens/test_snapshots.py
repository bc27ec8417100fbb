"""Every state that an operator can see, at 120×40 and 80×24, in colour, a few at 200×60; many in monochrome too.

Look at them before accepting a change.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import pytest
from tests.tui.screens.bench_scenes import BENCH
from tests.tui.screens.conftest import MakeApp
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.geometry import Watched
from tests.tui.screens.pick_scenes import PICKS
from tests.tui.screens.ready_scenes import READY
from tests.tui.screens.scene import Scene
from tests.tui.screens.scenes import SCENES, STATES, TABS
from textual import events
from textual.app import App
from textual.pilot import Pilot

from orders_tui import themes
from orders_tui.screens.desk import DeskScreen, renderer

VAST, WIDE, SMALL = (200, 60), (120, 40), (80, 24)
SIZES = (WIDE, SMALL)
OTHER_LOOKS = [scene for scene in SCENES if scene.name in {"rows_in_every_state", "order", "return", "offline"}]
ON_VAST = [scene for scene in SCENES if scene.name in {"tab_unfulfilled", "tab_holds", "tab_returns", "order", "pulse"}]
ON_LIGHT = [*OTHER_LOOKS, *(scene for scene in SCENES if scene.name in {"palette", "command_line_argument"})]


class Snap(Protocol):
    def __call__(
        self,
        app: App[None],
        press: Iterable[str] = (),
        terminal_size: tuple[int, int] = SMALL,
        run_before: Callable[[Pilot[None]], Awaitable[None] | None] | None = None,
    ) -> bool: ...


class Look:
    """Plays a scene and compares what is then on screen."""

    def __init__(self, make_app: MakeApp, session: FakeSession, snap: Snap) -> None:
        self._make_app = make_app
        self._session = session
        self._snap = snap

    def same(self, scene: Scene, size: tuple[int, int], theme: str = "", **config: object) -> bool:
        session = self._session
        scene.given(session)
        watched: list[Watched] = []

        async def prepare(pilot: Pilot[None]) -> None:
            if theme:
                pilot.app.theme = theme
            await pilot.pause()
            await pilot.press(*scene.press)
            if scene.typed:
                pilot.app.post_message(events.Paste(scene.typed))
                await pilot.pause()
            scene.then(session)
            await pilot.press(*scene.last)
            await pilot.pause()
            desk = pilot.app.screen_stack[0]
            while session.table.view.loading and isinstance(desk, DeskScreen) and not desk.renderer.slow:
                await pilot.pause()
            watched.append(Watched(pilot.app))

        same = self._snap(self._make_app(**scene.settings, **config), terminal_size=size, run_before=prepare)
        assert [each.faults for each in watched] == [[]]
        return same


@pytest.fixture
def look(make_app: MakeApp, session: FakeSession, snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> Look:
    monkeypatch.setattr(renderer, "SHOW_LOADING_AFTER_S", 0.001)
    return Look(make_app, session, snap_compare)


def _named(scene: Scene, size: tuple[int, int]) -> str:
    return f"{scene.name}-{size[0]}"


def _each(scenes: list[Scene], sizes: tuple[tuple[int, int], ...] = SIZES) -> pytest.MarkDecorator:
    views = [(scene, size) for scene in scenes for size in sizes]
    return pytest.mark.parametrize(("scene", "size"), views, ids=[_named(*view) for view in views])


@_each(SCENES)
def test_looks_as_accepted(scene: Scene, size: tuple[int, int], look: Look) -> None:
    assert look.same(scene, size)


@_each(ON_VAST, (VAST,))
def test_looks_as_accepted_where_there_is_room(scene: Scene, size: tuple[int, int], look: Look) -> None:
    assert look.same(scene, size)


@_each([*TABS, *STATES])
def test_looks_as_accepted_in_monochrome(
    scene: Scene, size: tuple[int, int], look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert look.same(scene, size)


@_each([scene for scene in OTHER_LOOKS if scene.name != "order"], (SMALL,))
def test_looks_as_accepted_in_the_terminals_own_colours(scene: Scene, size: tuple[int, int], look: Look) -> None:
    assert look.same(scene, size, theme="ansi-dark")


@_each(ON_LIGHT, (SMALL,))
def test_looks_as_accepted_on_a_light_ground(scene: Scene, size: tuple[int, int], look: Look) -> None:
    assert look.same(scene, size, theme=themes.LIGHT.name)


@_each([*OTHER_LOOKS, *PICKS, *BENCH, *READY], (SMALL,))
def test_looks_as_accepted_in_ascii(scene: Scene, size: tuple[int, int], look: Look) -> None:
    assert look.same(scene, size, ascii=True)
