"""What the desk and an order's own screen have in common: a key means a command, a command says why it cannot be done.

Invariants: a key reaches at most one command; an unbound key does nothing but say so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import events
from textual.screen import Screen
from textual.timer import Timer

from orders_tui.commands import ACTING, BUILT_IN, Command, Group, Place, Risk
from orders_tui.context import breakpoints
from orders_tui.context.context import Context
from orders_tui.context.screen import MainScreen, SafeDismiss, SessionObserver
from orders_tui.context.target import Target
from orders_tui.errors import ReadOnly
from orders_tui.keymap import shown
from orders_tui.widgets.banner import sentences
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.wording import Tone
from orders_wire.orders import Order

WORK_OFFLINE = frozenset({"action.undo", "order.mine", "order.bench"})
"""Commands that do something without a server (marks come back, counts go on), or keep a draft and say so."""
Handler = Callable[[str], None]
"""Does a command; takes what was typed after its word."""
T = TypeVar("T")
SAID_S = 3.0
AFTER_FOCUS_S = 0.3
"""Outward keys that come so soon after the terminal got the focus were typed for another window."""
ALWAYS = frozenset({"desk.quit", "desk.quit_now", "desk.redraw", "desk.help"})
"""Commands that work in a terminal of any size."""


class CommandScreen(MainScreen, SessionObserver, SafeDismiss[None]):
    """A screen that commands work on."""

    place: ClassVar[Place]
    HIDDEN_WHEN_SMALL: ClassVar[bool] = False
    """It shows nothing but a sentence where the terminal is too small."""

    def __init__(self, work: Context) -> None:
        super().__init__()
        self.work = work
        self.handlers: dict[str, Handler] = {}
        self._hush: Timer | None = None

    def target(self) -> Target:
        """What an action would hit."""
        raise NotImplementedError

    def current(self) -> Order | None:
        """The order that the operator looks at."""
        raise NotImplementedError

    def sku(self) -> str:
        """The SKU that the operator looks at; empty where there is none."""
        return ""

    def restore_marks(self) -> bool:
        """Brings back marks that were just removed; False where there are none."""
        return False

    def hints(self) -> list[Hint]:
        """The keys that matter now, most relevant first."""
        return []

    def refresh_hints(self) -> None:
        """Draws the line of hints anew."""
        if self.has_widgets:
            self.query_one(HintBar).show(self.hints(), Hint(self.work.keymap.key("desk.help"), "help"))

    def hint(self, command_id: str, label: str = "") -> Hint:
        """A command as a hint, dimmed when it cannot be done."""
        command = self.work.keymap.commands[command_id]
        return Hint(self.work.keymap.key(command_id), label or command.label, not self.reason(command))

    def warnings(self) -> list[str]:
        """What is wrong with the connection or the data, most important first; nothing while all is well."""
        session, now = self.work.session, self.work.pace.now()
        return sentences(session.connection, session.table.view, now, self.work.zone, self.work.key("desk.refresh"))

    def ask(self, dialog: Screen[T | None], done: Callable[[T], object]) -> None:
        """Opens a dialog; `done` takes what it returns, unless it was left."""

        def answered(result: T | None) -> None:
            if result is not None:
                done(result)

        self.app.push_screen(dialog, answered)

    def say(self, text: str, tone: str = Tone.PLAIN) -> None:
        """A sentence in the line of hints, for a moment."""
        if not self.has_widgets:
            return
        self.query_one(HintBar).say(text, tone)
        if self._hush is not None:
            self._hush.stop()
        self._hush = self.set_timer(SAID_S, self.query_one(HintBar).hush)

    def request_quit(self) -> None:
        self.perform("desk.quit_now")

    def why_not(self, command: Command) -> str:
        """Why a command cannot be done now, as a sentence; empty when it can."""
        if command.id not in self.handlers:
            return f"{command.label} does nothing here"
        if self.work.read_only and command.group in ACTING:
            return str(ReadOnly())
        if not self.work.role.includes(command.role):
            return f"{command.label} needs the role {command.role}; you are {self.work.role}"
        if command.acts_on_target and not self.target():
            return "there is no order here"
        return ""

    def reason(self, command: Command) -> str:
        """Why a command would come to nothing now, for the hints and the help: `why_not`, or that nothing can be sent."""
        return self.why_not(command) or self._offline(command)

    def _offline(self, command: Command) -> str:
        """That nothing can be sent now, for a command that sends."""
        sends = command.group is Group.ACT and command.id not in WORK_OFFLINE
        offline = sends and not self.work.session.connection.acts
        return f"{self.work.reading_only()}, drafts are kept" if offline else ""

    def perform(self, command_id: str, argument: str = "") -> None:
        """Does a command, or says why not."""
        command = self.work.keymap.commands[command_id]
        reason = self._too_small(command) or self.reason(command) or self._too_soon(command)
        if reason:
            self.say(reason, Tone.WARN)
        else:
            self.handlers[command_id](argument)

    def _too_small(self, command: Command) -> str:
        """Where nothing is shown nothing acts; where little is shown, nothing that reaches further than this terminal."""
        small = breakpoints.too_small(self.app.size)
        acts = command.group in ACTING and command.id != "action.undo"
        return small if (acts or self.HIDDEN_WHEN_SMALL) and command.id not in ALWAYS else ""

    def _too_soon(self, command: Command) -> str:
        fresh = self.work.pace.monotonic() - self.work.keyboard.focused_at < AFTER_FOCUS_S
        return "the window has just got the focus; press again" if fresh and command.risk is not Risk.LOCAL else ""

    def on_key(self, event: events.Key) -> None:
        """Looks the key up. ctrl+c is the app's, which only says how to quit."""
        key = key_name(event)
        if key == "ctrl+c":
            return
        if self.work.keyboard.holding:
            self.work.keyboard.keep(event)
            return
        event.stop()
        event.prevent_default()
        command = self.work.keymap.find(self.place, key)
        if not self.is_active:
            self._hand_over(event)
        elif key == "enter" and self.work.keyboard.enter_repeated:
            self.say("Enter was repeated; press it again")
        elif command is not None:
            self.query_one(HintBar).hush()
            self.perform(command.id)
        else:
            self.say(self._unbound(key), Tone.DIM)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is no command, and what was meant for a field that just came up goes there."""
        event.stop()
        top = self.app.screen
        if top is self or not (isinstance(top, SessionObserver) and top.take(event.text)):
            self.say(f"what was pasted went nowhere; {self.work.key('find.search')} takes it as a filter", Tone.WARN)

    def _hand_over(self, event: events.Key) -> None:
        """A key on its way here when another screen came up: a letter may go into its field, nothing else goes anywhere."""
        top = self.app.screen
        if event.is_printable and event.character and isinstance(top, SessionObserver):
            top.take(event.character)

    def _unbound(self, key: str) -> str:
        lower = self.work.keymap.find(self.place, key.lower())
        if len(key) == 1 and key.isupper() and lower is not None:
            return f"{key} is not a key here; is Caps Lock on? ({key.lower()} is {lower.label})"
        return f"{self.work.glyphs.spell(shown(key))} is not a key here; {self.work.key('desk.help')} shows all keys"


class Commands:
    """Commands of one kind: what `view.columns` does is the method `view_columns`; it takes what was typed after the word."""

    def handlers(self) -> dict[str, Handler]:
        """What each command does, by its id."""
        methods = {command_id: getattr(self, command_id.replace(".", "_"), None) for command_id in BUILT_IN.by_id}
        return {command_id: method for command_id, method in methods.items() if method is not None}


def key_name(event: events.Key) -> str:
    """The key as key maps write it: the character where there is one, else its name."""
    if event.is_printable and event.character and event.character not in " ,":
        return event.character
    return event.key
