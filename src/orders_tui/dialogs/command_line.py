"""`:` and the palette: a command by its words, with what it takes behind them. One dialog, opened for two purposes.

Invariant: the line of keys says what Enter does, word for word, and that is what is done: what stands in the field where it is a
command, else the line that is lit. What may stand behind a word is read when the dialog opens: no line changes under a finger.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Input

from orders_tui.commands import Command, Place
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.list_dialog import OfferDialog
from orders_tui.widgets.cells import width
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone
from orders_tui.words.arguments import Known
from orders_tui.words.line import Offer, Reading, read

MOST = 100
"""Lines at a time."""
WORDS = 20
"""Cells that what is typed is padded to at most, so that what it does stands in a column."""
SAID = 34
"""Characters of what Enter does that the line of keys has room for."""


class CommandLine(OfferDialog[Offer]):
    """Returns what is to be done. `why_not` says why a command cannot be done now."""

    BINDINGS = hidden_bindings({"tab": "complete"})
    NEEDS_TOUCH = False
    SIZE = "wide top"
    HEADING = ("Command", "")
    LABEL: ClassVar[str] = ":"
    EXAMPLES: ClassVar[str] = "assign ana, search owner:none, sort -ship_by"

    def __init__(self, work: Context, place: Place, known: Known, why_not: Callable[[Command], str]) -> None:
        super().__init__(work)
        self._place, self._known, self._why_not = place, known, why_not
        self._reading = Reading(())
        self._offers: dict[str, Offer] = {}

    def body(self) -> ComposeResult:
        yield Field(self.LABEL, hint=self.EXAMPLES, id="line")
        yield self.line_list("suggestions")

    def keys(self) -> list[Hint]:
        doing = self._doing if self.touched else None
        what = doing.text if doing is not None else "do it"
        shown = what if len(what) <= SAID else f"{what[: SAID - 1]}{self.work.glyphs.ellipsis}"
        key = self.confirm_key if doing is not None else "enter"
        return [Hint(key, shown, able=doing is not None), Hint("tab", "complete"), Hint("↑↓", "choose")]

    def escape_word(self) -> str:
        """Where Enter cancels an order, `cancel` would mean something else."""
        doing = self._doing if self.touched else None
        return "leave it" if doing is not None and doing.command.id == "order.cancel" else super().escape_word()

    @property
    def lit(self) -> bool:
        return bool(self.typed) and self._reading.meant is None

    @property
    def _doing(self) -> Offer | None:
        """What Enter does."""
        takes = self.chosen or self.lit
        return self._offers.get(self.current) if takes else self._reading.meant

    def problem(self) -> str:
        doing = self._doing
        if doing is not None:
            return self._why_not(doing.command)
        return self._reading.fault or "type a command, or choose one"

    def result(self) -> Offer | None:
        return self._doing

    def offered(self) -> list[Offer]:
        """What is listed."""
        return list(self._reading.offers)

    def lines(self, typed: str) -> list[Line]:
        commands, me = self.work.keymap.commands, self.work.name or None
        self._reading = read(self.query_one(Input).value, commands, self._known, me)
        self._offers = {offer.text: offer for offer in self.offered()[:MOST]}
        whats = [(offer.text, self._takes(offer)) for offer in self._offers.values()]
        cells = min(WORDS, max((width(text + takes) for text, takes in whats), default=0))
        return [self._line(offer, cells) for offer in self._offers.values()]

    def _takes(self, offer: Offer) -> str:
        """What may stand behind it."""
        return f" {offer.command.argument}" if offer.command.argument and not offer.argument else ""

    def _line(self, offer: Offer, cells: int) -> Line:
        command, takes, reason = offer.command, self._takes(offer), self._why_not(offer.command)
        about = reason.removeprefix(f"{command.label} ") or (offer.about if offer.argument else command.explanation)
        gap = " " * max(2, cells - width(offer.text + takes) + 2)
        left = (
            (offer.text, Tone.DIM if reason else Tone.PLAIN),
            (takes, Tone.DIM if reason else Tone.ACTIVE),
            (f"{gap}{about}" if about else "", Tone.DIM),
        )
        keys = "" if offer.argument else self.work.glyphs.spell(self.work.keymap.all_keys(command.id))
        return Line(offer.text, left, ((keys, Tone.DIM if reason else "key"),))

    def action_complete(self) -> None:
        """What is lit, or first, stands in the field; a blank behind it where more may follow."""
        offer = self._offers.get(self.current)
        if offer is None:
            return
        more = not offer.argument.endswith(":") if offer.argument else True
        self.query_one(Field).set(f"{offer.text} " if offer.command.argument and more else offer.text)


class Palette(CommandLine):
    """All that can be done here; what cannot at this moment says why, below the rest."""

    SIZE = "wide tall"
    HEADING = ("Commands", "what can be done here; what is typed finds it")
    LABEL = "Find"
    EXAMPLES = "a word, or a whole command: theme light, tab overdue"

    def offered(self) -> list[Offer]:
        here = [offer for offer in super().offered() if self._place in offer.command.places]
        return here if self.typed else sorted(here, key=lambda offer: bool(self._why_not(offer.command)))
