"""`O`: writes that wait for, or were refused by, Shopify, the ERP or the support queue; and what came in and could not be read.

For leads: retry and discard. Discarding is final, so it is asked for twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.binding import Binding, BindingType

from orders_tui import wording
from orders_tui.errors import ApiError
from orders_tui.screens.ledger import Ledger
from orders_tui.screens.workplace import Workplace
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone
from orders_wire.vocabulary import DeadLetterState, OutboundState

if TYPE_CHECKING:
    from orders_wire.detail import OutboxEntry
    from orders_wire.people import DeadLetter, DeadLettersAnswer, OutboxAnswer

OPEN = frozenset({OutboundState.DEAD, OutboundState.NEEDS_REVIEW, OutboundState.UNKNOWN})
_TONES = {
    OutboundState.DEAD: Tone.BAD,
    OutboundState.NEEDS_REVIEW: Tone.WARN,
    OutboundState.UNKNOWN: Tone.WARN,
    OutboundState.QUEUED: Tone.ACTIVE,
    OutboundState.CLAIMED: Tone.ACTIVE,
    OutboundState.DONE: Tone.GOOD,
}


class Outgoing(Protocol):
    """What the screen asks of the server."""

    async def outbox(self) -> OutboxAnswer: ...
    async def outbox_retry(self, entry_id: str) -> None: ...
    async def outbox_discard(self, entry_id: str) -> None: ...
    async def dead_letters(self) -> DeadLettersAnswer: ...
    async def dead_letter_retry(self, letter_id: str) -> None: ...
    async def dead_letter_discard(self, letter_id: str) -> None: ...


class OutboxScreen(Ledger):
    """Both lists, one below the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "retry", show=False),
        Binding("X", "discard", show=False),
        Binding("ctrl+r", "refresh_list", show=False),
    ]

    def __init__(self, work: Workplace, outgoing: Outgoing) -> None:
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
        dead = sum(letter.state is DeadLetterState.DEAD for letter in self._letters)
        bad: list[Piece] = [(f"  {stuck + dead} need a decision", Tone.WARN)] if stuck + dead else []
        return [("Outbox and dead letters", "strong"), *bad]

    def own_hints(self) -> list[Hint]:
        return [
            Hint("R", "retry", able=bool(self.current)),
            Hint("X", "discard", able=bool(self.current)),
            Hint("ctrl+r", "refresh"),
        ]

    def lines(self) -> Sequence[Line]:
        if self._problem:
            return [Line("", ((self._problem, Tone.WARN),), choosable=False)]
        if not self._loaded:
            return []
        out = [_heading("OUTGOING", len(self._entries)), *map(self._entry, self._entries)]
        return [
            *out,
            Line(" ", (), choosable=False),
            _heading("COULD NOT BE READ", len(self._letters)),
            *map(self._letter, self._letters),
        ]

    def _entry(self, entry: OutboxEntry) -> Line:
        when = wording.instant(entry.created_at, self.work.pace.now(), self.work.zone)
        tries = f" after {entry.attempts} tries" if entry.attempts > 1 else ""
        left = (
            (f"{when:<10} ", Tone.DIM),
            (f"{entry.target:<8} {entry.kind:<18} ", Tone.PLAIN),
            (f"{entry.order_number or '':<9} ", "strong"),
            (f"{entry.state.replace('_', ' ')}{tries}", _TONES.get(entry.state, Tone.DIM)),
            (f"  {entry.last_error or ''}", Tone.DIM),
        )
        return Line(f"entry:{entry.id}", left)

    def _letter(self, letter: DeadLetter) -> Line:
        when = wording.instant(letter.received_at, self.work.pace.now(), self.work.zone)
        tone = Tone.BAD if letter.state is DeadLetterState.DEAD else Tone.DIM
        left = (
            (f"{when:<10} ", Tone.DIM),
            (f"{letter.topic:<27} ", Tone.PLAIN),
            (f"{letter.state}  ", tone),
            (letter.reason, Tone.DIM),
        )
        return Line(f"letter:{letter.id}", left, ((f"{letter.size_bytes} B", Tone.DIM),))

    def whole(self, key: str) -> list[Piece]:
        kind, _, wanted = key.partition(":")
        if kind == "entry":
            entry = next(entry for entry in self._entries if entry.id == wanted)
            return [
                (f"{entry.target} {entry.kind} {entry.order_number or ''}  {entry.last_error or 'no error'}", Tone.DIM)
            ]
        letter = next(letter for letter in self._letters if letter.id == wanted)
        return [(f"{letter.topic}  {letter.reason}", Tone.DIM)]

    def action_refresh_list(self) -> None:
        """Asks the server."""
        self._ask(self._load)

    def action_retry(self) -> None:
        """Sends it, or reads it, once more."""
        kind, _, wanted = self.current.partition(":")
        ask = self._outgoing.outbox_retry if kind == "entry" else self._outgoing.dead_letter_retry
        if wanted:
            self._ask(lambda: self._decide(ask, wanted, "it is tried again"))

    def action_discard(self) -> None:
        """Gives it up for good; the second press does it."""
        kind, _, wanted = self.current.partition(":")
        if not wanted:
            return
        if self._discarding != self.current:
            self._discarding = self.current
            self.say("X again gives this up for good", Tone.WARN)
            return
        ask = self._outgoing.outbox_discard if kind == "entry" else self._outgoing.dead_letter_discard
        self._ask(lambda: self._decide(ask, wanted, "discarded"))

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

    async def _decide(self, ask: Callable[[str], Awaitable[None]], wanted: str, done: str) -> None:
        await ask(wanted)
        await self._load()
        self.say(done, Tone.GOOD)


def _heading(title: str, count: int) -> Line:
    return Line(f"heading {title}", ((title, "strong"), (f" {count}", Tone.DIM)), choosable=False)
