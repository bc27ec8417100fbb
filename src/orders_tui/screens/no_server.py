"""When the first attempt of a start reaches no Sync server: where it was looked for, why it was not found, and what can be done.

It goes on being tried meanwhile. As soon as a server answers, this screen goes and the desk is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from orders_tui.context.context import Context
from orders_tui.context.screen import MainScreen, SafeDismiss, SessionObserver, hidden_bindings
from orders_tui.context.shops import Opening
from orders_tui.errors import ApiError, NotASyncServer, NotTrusted, TimedOut, Unreachable, VersionSkew
from orders_tui.feed import ConnectionState
from orders_tui.session.changes import Change
from orders_tui.widgets.bar import content
from orders_tui.widgets.first_line import FirstLine
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

DOWN = frozenset({ConnectionState.OFFLINE, ConnectionState.SKEWED})
TITLES: Sequence[tuple[type[ApiError], str]] = (
    (NotTrusted, "The server is not trusted"),
    (NotASyncServer, "What answers there is no Sync server"),
    (VersionSkew, "The server speaks another version"),
    (TimedOut, "The server does not answer"),
    (Unreachable, "No server is in reach"),
)
WORD = 18


def reached(work: Context) -> bool:
    """Whether a Sync server has ever answered on this desk."""
    session = work.session
    return bool(session.me or session.table.view.as_of) or session.connection.state is ConnectionState.SIGNED_OUT


def nobody(work: Context) -> ApiError | None:
    """Why no server was reached since the start; None while that is not known, or once one was."""
    problem = work.session.table.view.problem
    if reached(work) or work.session.connection.state not in DOWN:
        return None
    return problem if isinstance(problem, Unreachable | TimedOut | VersionSkew) else None


class Choices(LineList):
    """A menu: one click chooses."""

    def on_click(self, event: events.Click) -> None:
        if event.chain == 1 and self.scroll_offset.y + event.y < len(self._lines):
            self.post_message(self.Chosen())


class NoServerScreen(MainScreen, SessionObserver, SafeDismiss[None]):
    """Stands above the desk."""

    BINDINGS = hidden_bindings(
        {
            "r,ctrl+r,f5": "again",
            "d": "demo",
            "i": "init",
            "a": "address",
            "p": "profile",
            "q": "leave",
            "j,down": "move(1)",
            "k,up": "move(-1)",
            "enter": "choose",
        }
    )
    AUTO_FOCUS = "#choices"

    def __init__(self, work: Context) -> None:
        super().__init__()
        self.work = work

    def compose(self) -> ComposeResult:
        glyphs = self.work.glyphs
        yield FirstLine(self.work.band, glyphs.ellipsis, id="headline")
        with Vertical(id="no-server"):
            yield Static(id="why")
            yield Choices(glyphs.cursor, glyphs.ellipsis, id="choices")
        yield HintBar(glyphs.ellipsis, id="hints")

    def on_mount(self) -> None:
        self.query_one(LineList).set_lines([self._line(*choice) for choice in self._choices()])
        self.query_one(HintBar).show([Hint("enter", "choose"), Hint("j k", "move")], Hint("q", "leave"))
        self.set_interval(1.0, self.show)
        self.show()

    def _choices(self) -> list[tuple[str, str, str, str]]:
        """Action, key, word, and what it does."""
        names = self.work.shops.names() if self.work.shops is not None else []
        profiles = [("profile", "p", "Another profile", ", ".join(names))] if names else []
        return [
            ("again", "r", "Try again", "it is tried by itself as well"),
            ("demo", "d", "Open the demo", "a simulated shop: orders-tui demo"),
            ("init", "i", "Set up a shop", "step by step: orders-tui init"),
            ("address", "a", "Another address", "orders-tui --server URL"),
            *profiles,
            ("leave", "q", "Leave", ""),
        ]

    def _line(self, action: str, key: str, word: str, explanation: str) -> Line:
        left = ((f"{key:<3}", "key"), (f"{word:<{WORD}}", "strong"), (explanation, Tone.DIM))
        return Line(action, left)

    def show(self) -> None:
        """Draws what is known now."""
        config, session, problem = self.work.config, self.work.session, self.work.session.table.view.problem
        retry = session.connection.retry_in_s(self.work.pace.now())
        again = f"next try in {retry:.0f} s" if retry else f"trying {self.work.glyphs.ellipsis}"
        name = f"profile {config.profile}" if config.profile else "no desk yet"
        self.query_one("#headline", FirstLine).set_pieces([(name, "strong")], [(again, Tone.DIM)])
        title = next((title for kind, title in TITLES if isinstance(problem, kind)), TITLES[-1][1])
        why = str(problem or session.connection.reason)
        address = [] if config.server in why else [content([(config.server, Tone.ACTIVE)])]
        lines = [content([(title, "strong")]), Content(""), *address, content([(why, Tone.WARN)])]
        self.query_one("#why", Static).update(Content("\n").join(lines))

    def session_changed(self, change: Change) -> None:
        """As soon as a server answers the desk is there, also from under a dialog."""
        if reached(self.work):
            self.dismiss()
        else:
            self.show()

    def say(self, text: str) -> None:
        self.query_one(HintBar).say(text)

    def request_quit(self) -> None:
        self._leave(self.app.exit)

    def _leave(self, then: Callable[[], None]) -> None:
        """Nothing is on its way from here; from a shop that was left there may be."""
        if not self.work.unsettled:
            then()
            return
        from orders_tui.dialogs.quit import QuitDialog

        self.app.push_screen(QuitDialog(self.work), lambda leaves: then() if leaves else None)

    def on_line_list_chosen(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """The one under the cursor."""
        if chosen := self.query_one(LineList).current:
            getattr(self, f"action_{chosen}")()

    def action_move(self, step: int) -> None:
        self.query_one(LineList).move(step)

    def action_again(self) -> None:
        self.work.session.refresh()
        self.say(f"asking {self.work.config.server} {self.work.glyphs.ellipsis}")
        self.set_timer(1.0, self.query_one(HintBar).hush)

    def action_demo(self) -> None:
        self._run_instead("demo")

    def action_init(self) -> None:
        self._run_instead("init")

    def _run_instead(self, command: str) -> None:
        shops = self.work.shops
        if shops is not None:
            self._leave(lambda: shops.run_instead(command))

    def action_address(self) -> None:
        from orders_tui.dialogs.server import ServerDialog

        if self.work.shops is not None:
            self._open(ServerDialog(self.work, self.work.shops), self.work.shops.enter)

    def action_profile(self) -> None:
        from orders_tui.dialogs.shops import ShopsDialog

        if self.work.shops is not None:
            self._open(ShopsDialog(self.work, self.work.shops), self.work.shops.enter)

    def _open(self, dialog: Screen[Opening | None], enter: Callable[[Opening], None]) -> None:
        def chosen(opening: Opening | None) -> None:
            if opening is not None:
                enter(opening)

        self.app.push_screen(dialog, chosen)

    def action_leave(self) -> None:
        self.request_quit()
