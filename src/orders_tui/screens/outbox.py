"""`O`: writes that wait for, or were refused by, Shopify, the ERP or the support queue; and what came in and could not be read.

For leads: retry and discard. Discarding is final, so it is asked for twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.errors import ApiError, ReadOnly
from orders_tui.screens.list_screen import ListScreen, text_line
from orders_tui.session.protocols import Outgoing
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone
from orders_wire.vocabulary import DeadLetterState, OutboundState

if TYPE_CHECKING:
    from datetime import datetime

    from orders_wire.detail import OutboxEntry
    from orders_wire.people import DeadLetter

OPEN = frozenset({OutboundState.DEAD, OutboundState.NEEDS_REVIEW, OutboundState.UNKNOWN})
_TONES = {
    OutboundState.DEAD: Tone.BAD,
    OutboundState.NEEDS_REVIEW: Tone.WARN,
    OutboundState.UNKNOWN: Tone.WARN,
    OutboundState.QUEUED: Tone.ACTIVE,
    OutboundState.CLAIMED: Tone.ACTIVE,
    OutboundState.DONE: Tone.GOOD,
}


class OutboxScreen(ListScreen):
    """Both lists, one below the other. A line's key is `entry:ID` or `letter:ID`."""

    BINDINGS = hidden_bindings({"R": "retry", "X": "discard", "ctrl+r": "refresh_list"})

    def __init__(self, work: Context, outgoing: Outgoing) -> None:
        super().__init__(work)
        self._outgoing = outgoing
        self._entries: list[OutboxEntry] = []
        self._letters: list[DeadLetter] = []
        self._problem = ""
        self._loaded = False
        self._discarding = ""

    def prepare(self) -> None:
        self.action_refresh_list()

    def title_pieces(self) -> list[Piece]:
        stuck = sum(entry.state in OPEN for entry in self._entries)
        stuck += sum(letter.state is DeadLetterState.DEAD for letter in self._letters)
        return [
            ("Outbox and dead letters", "strong"),
            *([(f"  {stuck} need{'s' if stuck == 1 else ''} a decision", Tone.WARN)] if stuck else []),
        ]

    def own_hints(self) -> list[Hint]:
        able = bool(self.current) and not self.work.read_only
        return [Hint("R", "retry", able), Hint("X", "discard", able), Hint("ctrl+r", "refresh")]

    def lines(self) -> Sequence[Line]:
        if self._problem:
            return [text_line(self._problem, Tone.WARN)]
        if not self._loaded:
            return []
        return [
            _heading("OUTGOING", len(self._entries)),
            *map(self._entry, self._entries),
            Line("", (), choosable=False),
            _heading("COULD NOT BE READ", len(self._letters)),
            *map(self._letter, self._letters),
        ]

    def _when(self, at: datetime | None) -> Piece:
        return f"{wording.instant(at, self.work.pace.now(), self.work.zone):<10} ", Tone.DIM

    def _entry(self, entry: OutboxEntry) -> Line:
        tries = f" after {entry.attempts} tries" if entry.attempts > 1 else ""
        left = (
            self._when(entry.created_at),
            (f"{entry.target:<8} {entry.kind:<18} ", Tone.PLAIN),
            (f"{entry.order_number or '':<9} ", "strong"),
            (f"{entry.state.replace('_', ' ')}{tries}", _TONES.get(entry.state, Tone.DIM)),
            (f"  {entry.last_error or ''}", Tone.DIM),
        )
        return Line(f"entry:{entry.id}", left)

    def _letter(self, letter: DeadLetter) -> Line:
        left = (
            self._when(letter.received_at),
            (f"{letter.topic:<27} ", Tone.PLAIN),
            (f"{letter.state}  ", Tone.BAD if letter.state is DeadLetterState.DEAD else Tone.DIM),
            (letter.reason, Tone.DIM),
        )
        return Line(f"letter:{letter.id}", left, ((f"{letter.size_bytes} B", Tone.DIM),))

    def full_text(self, key: str) -> str:
        kind, _, wanted = key.partition(":")
        if kind == "entry":
            entry = next(entry for entry in self._entries if entry.id == wanted)
            return f"{entry.target} {entry.kind} {entry.order_number or ''}  {entry.last_error or 'no error'}"
        letter = next(letter for letter in self._letters if letter.id == wanted)
        return f"{letter.topic}  {letter.reason}"

    def action_refresh_list(self) -> None:
        self._ask(self._load)

    def action_retry(self) -> None:
        """Sends it, or reads it, once more."""
        self._decide(self._outgoing.outbox_retry, self._outgoing.dead_letter_retry, "it is tried again")

    def action_discard(self) -> None:
        """Gives it up for good; the second press does it."""
        if self._discarding == self.current or self.work.read_only:
            self._decide(self._outgoing.outbox_discard, self._outgoing.dead_letter_discard, "discarded")
        else:
            self._discarding = self.current
            self.say("X again gives this up for good", Tone.WARN)

    def _decide(
        self, of_entry: Callable[[str], Awaitable[None]], of_letter: Callable[[str], Awaitable[None]], done: str
    ) -> None:
        if self.work.read_only:
            self.say(str(ReadOnly()), Tone.WARN)
            return
        kind, _, wanted = self.current.partition(":")

        async def decide() -> None:
            await (of_entry if kind == "entry" else of_letter)(wanted)
            await self._load()
            self.say(done, Tone.GOOD)

        if wanted:
            self._ask(decide)
        else:
            self.say("there is nothing here to decide about", Tone.WARN)

    def _ask(self, what: Callable[[], Awaitable[None]]) -> None:
        self._discarding = ""
        self.run_worker(partial(self._safely, what), name="outbox", group="outbox", exit_on_error=False)  # type: ignore[arg-type]

    async def _safely(self, what: Callable[[], Awaitable[None]]) -> None:
        try:
            await what()
        except ApiError as error:
            self._problem = "" if self._loaded else str(error)
            self.show()
            self.say(str(error), Tone.WARN)

    async def _load(self) -> None:
        outbox, letters = await self._outgoing.outbox(), await self._outgoing.dead_letters()
        self._entries, self._letters, self._loaded, self._problem = outbox.items, letters.items, True, ""
        self.show()


def _heading(title: str, count: int) -> Line:
    return Line(f"heading {title}", ((title, "strong"), (f" {count}", Tone.DIM)), choosable=False)
