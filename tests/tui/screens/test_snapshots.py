"""Every state that an operator can see, at 120×40 and 80×24. Look at them before accepting a change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import pytest
from tests.tui.screens.conftest import MakeApp
from tests.tui.screens.desk_data import ago
from tests.tui.screens.fake_session import FakeSession
from textual import events
from textual.app import App
from textual.pilot import Pilot

from orders_tui.errors import Unreachable
from orders_tui.feed import LineState
from orders_tui.screens.desk import board
from orders_tui.session import changes
from orders_tui.session.actions import ActionState, OrderFailure
from orders_tui.store.marks import MarkKind
from orders_wire.vocabulary import ErrorCode

WIDE, SMALL = (120, 40), (80, 24)


class Snap(Protocol):
    def __call__(
        self,
        app: App[None],
        press: Iterable[str] = (),
        terminal_size: tuple[int, int] = SMALL,
        run_before: Callable[[Pilot[None]], Awaitable[None] | None] | None = None,
    ) -> bool: ...


@dataclass(frozen=True)
class Scene:
    """What is done to the desk before it is looked at."""

    name: str
    press: tuple[str, ...] = ()
    typed: str = ""
    last: tuple[str, ...] = ()
    given: Callable[[FakeSession], None] = field(default=lambda session: None)
    then: Callable[[FakeSession], None] = field(default=lambda session: None)
    settings: tuple[tuple[str, object], ...] = ()


def _first(session: FakeSession, at: int = 0) -> str:
    return session.view.rows[at].order.id


def _empty(session: FakeSession) -> None:
    session.put(rows=(), cursor_id=None)
    session.tell(changes.PageShown())


def _loading(session: FakeSession) -> None:
    session.put(rows=(), cursor_id=None, loading=True)


def _unreadable(session: FakeSession) -> None:
    session.put(rows=(), cursor_id=None, problem=Unreachable("The server at http://127.0.0.1:8765 does not answer"))


def _offline(session: FakeSession) -> None:
    session.put(as_of=ago(0.24))
    session.set_line(state=LineState.OFFLINE, since=ago(0.23), retry_at=ago(-12 / 3600))


def _signed_out(session: FakeSession) -> None:
    session.set_line(state=LineState.SIGNED_OUT)


def _polling(session: FakeSession) -> None:
    session.set_line(state=LineState.POLLING, reason="the stream was silent for 35 s")


def _marks_of_rows(session: FakeSession) -> None:
    session.put(new_count=12)
    session.mark_row(_first(session, 1), MarkKind.PENDING)
    session.mark_row(_first(session, 2), MarkKind.UNCONFIRMED)
    session.mark_row(_first(session, 3), MarkKind.FAILED, "on hold since 14:02")
    session.change_order(_first(session, 4), assigned_to="zoe")
    session.remove_order(_first(session, 0))


def _answered(
    state: ActionState, message: str = "", failures: tuple[OrderFailure, ...] = ()
) -> Callable[[FakeSession], None]:
    return lambda session: session.settle(state, failures, message)


def _changed_underneath(session: FakeSession) -> None:
    session.change_order(_first(session), assigned_to="bo")


SCENES = [
    Scene("tab_all", ("1",)),
    Scene("tab_unfulfilled"),
    Scene("tab_overdue", ("3",)),
    Scene("tab_awaiting_tracking", ("4",)),
    Scene("tab_tracking_pending", ("5",)),
    Scene("tab_delayed", ("6",)),
    Scene("tab_holds", ("7",)),
    Scene("tab_returns", ("8",)),
    Scene("tab_refunded", ("9",)),
    Scene("rows_in_every_state", then=_marks_of_rows),
    Scene("marks", ("j", "space", "space", "v", "j", "j")),
    Scene("order", ("8", "j", "enter")),
    Scene("help", ("question_mark",)),
    Scene("search", ("slash",), "owner:none sta"),
    Scene("search_with_fault", ("slash",), "status:late", ("enter",)),
    Scene("filtered", ("colon",), "find-search owner:bo", ("enter",)),
    Scene("empty", then=_empty),
    Scene("loading", given=_loading),
    Scene("unreadable", given=_unreadable),
    Scene("offline", then=_offline),
    Scene("signed_out", then=_signed_out),
    Scene("polling", then=_polling),
    Scene("side_bar", ("exclamation_mark", "tab", "j")),
    Scene("sort", ("S", "j", "j", "space")),
    Scene("columns", ("C",)),
    Scene("assign", ("a",), "an"),
    Scene("assign_several", ("space", "space", "space", "a")),
    Scene("assign_changed_underneath", ("a",), then=_changed_underneath),
    Scene("fulfil", ("f",), "00340434292135100186"),
    Scene("fulfil_several", ("space", "space", "space", "f")),
    Scene("return", ("8", "j", "j", "r")),
    Scene("support", ("s",), "split it"),
    Scene("inventory", ("i",)),
    Scene("copy", ("Y",)),
    Scene("command_line", ("colon",), "as"),
    Scene("outcome_sending", ("m",)),
    Scene("outcome_done", ("m",), then=_answered(ActionState.DONE)),
    Scene("outcome_failed", ("m",), then=_answered(ActionState.FAILED, "the order is held")),
    Scene(
        "outcome_partly",
        ("space", "space", "m", "down", "enter"),
        then=_answered(ActionState.PARTLY, failures=(OrderFailure("x", ErrorCode.ON_HOLD, "held for inventory"),)),
    ),
    Scene("outcome_unconfirmed", ("m",), then=_answered(ActionState.UNCONFIRMED)),
    Scene("outcome_undone", ("m",), then=_answered(ActionState.UNDONE)),
    Scene("bulk_running", ("asterisk", "a", "down", "enter"), then=lambda session: session.move_run(ended=False)),
    Scene("bulk_result", ("asterisk", "a", "down", "enter"), then=lambda session: session.move_run(ended=True)),
    Scene("outbox", ("O",)),
    Scene("quit", ("m", "ctrl+q")),
    Scene("log", ("m", "L")),
    Scene("pulse", ("p",)),
]
BOTH_SIZES = {
    "tab_unfulfilled", "tab_returns", "rows_in_every_state", "order", "help", "search", "empty", "loading", "offline", "return",
    "assign_several", "fulfil_several", "outcome_failed", "side_bar",
}  # fmt: skip
VIEWS = [(scene, size) for scene in SCENES for size in (WIDE, SMALL) if size == SMALL or scene.name in BOTH_SIZES]


@pytest.fixture(autouse=True)
def _loading_shows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "SHOW_LOADING_AFTER_S", 0)


@pytest.mark.parametrize(("scene", "size"), VIEWS, ids=[f"{scene.name}-{size[0]}" for scene, size in VIEWS])
def test_looks_as_accepted(
    scene: Scene,
    size: tuple[int, int],
    make_app: MakeApp,
    session: FakeSession,
    snap_compare: Snap,
) -> None:
    scene.given(session)

    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.pause()
        await pilot.press(*scene.press)
        if scene.typed:
            pilot.app.post_message(events.Paste(scene.typed))
            await pilot.pause()
        await pilot.press(*scene.last)
        scene.then(session)
        await pilot.pause()

    assert snap_compare(make_app(**dict(scene.settings)), terminal_size=size, run_before=prepare)
