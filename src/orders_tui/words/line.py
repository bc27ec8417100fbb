"""What a line means, while it is typed and when it is done. Pure.

Invariant: what is done is an `Offer` that was read, the one that stands there or one that was chosen, never a text read again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orders_tui.commands import Command, CommandSet
from orders_tui.query.tokens import listed
from orders_tui.words.arguments import CLOSED, Known, Value, fault, meant, offers
from orders_tui.words.matching import BEGINS, likeness, ranked
from orders_wire import spelling

WORD, EXPLANATION = 10, 1
"""How much more it counts that a word is like what was typed than that the explanation has it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A command with what stands behind it."""

    command: Command
    argument: str = ""
    about: str = ""

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"{self.command.word} {self.argument}".rstrip()


@dataclass(frozen=True, slots=True)
class Reading:
    """`meant` is what stands there word for word, where it is a command; `fault`: why it is none; `offers` could be meant."""

    offers: tuple[Offer, ...]
    meant: Offer | None = None
    fault: str = ""


def read(typed: str, commands: CommandSet, known: Known, me: str | None = None) -> Reading:
    """What is typed, as it stands at this moment; a blank at its end asks for what may stand behind the word."""
    line = typed.strip()
    command, word, argument = commands.parse_line(line)
    if command is None:
        return Reading(tuple(_alike(line, commands, known)), fault=_unknown(line, commands))
    if not argument and not (typed.endswith(" ") and command.argument and word in command.words):
        said = Offer(command) if word in command.words else None
        return _reading(said, [Offer(command), *_alike(line, commands, known)])
    if not command.argument:
        return Reading((), fault=f"{command.word} takes nothing behind it, and there stands {argument}")
    said = Offer(command, meant(command.argument, argument, known))
    values = [_offer(commands, command, value) for value in offers(command.argument, argument, known)]
    wrong = fault(command.argument, said.argument, known, me) if argument else ""
    if wrong:
        return Reading(tuple(values), fault=wrong)
    return _reading(said, values) if word in command.words else _reading(None, [said, *values])


def _offer(commands: CommandSet, command: Command, value: Value) -> Offer:
    """A command with a value behind it, which may be a command of its own: `tab` and `overdue`."""
    offer = Offer(command, value.text, value.about)
    read, _, rest = commands.parse_line(offer.text)
    return offer if read in {None, command} else Offer(read or command, rest, value.about)


def _reading(said: Offer | None, could_be: Iterable[Offer]) -> Reading:
    unique: dict[str, Offer] = {}
    for offer in could_be:
        unique.setdefault(offer.text, offer)
    return Reading(tuple(unique.values()), said)


def _alike(line: str, commands: CommandSet, known: Known) -> list[Offer]:
    """Commands that are like the whole line; behind the first word alone, those that may have the rest behind them."""
    scores = {command.id: score(line, command) for command in commands}
    found = [Offer(command) for command in sorted(commands, key=lambda each: -scores[each.id]) if scores[command.id]]
    head, _, rest = line.partition(" ")
    if found or not rest:
        return found
    takers = (command for command in commands if command.argument)
    alike = ranked(head, takers, lambda command: command.words)
    return [offer for command in alike for offer in _with(rest.strip(), command, commands, known)]


def _with(rest: str, command: Command, commands: CommandSet, known: Known) -> list[Offer]:
    """A command with what was typed behind another word: as it stands where it may be anything, else the values it is like."""
    assert command.argument is not None
    said = meant(command.argument, rest, known)
    if not fault(command.argument, said, known):
        return [_offer(commands, command, Value(said))]
    values = offers(command.argument, rest, known) if command.argument in CLOSED else ()
    return [_offer(commands, command, value) for value in values]


def score(line: str, command: Command) -> float:
    """How much a command is like a line: its words count most, the one that is shown a little more; 0: not at all."""
    words = max(likeness(line, word) + 0.1 * (word == command.word) for word in command.words) if line else 1.0
    if words >= 1:
        return words * WORD
    said = likeness(line, command.explanation)
    return said * EXPLANATION if said >= BEGINS else 0.0


def _unknown(line: str, commands: CommandSet) -> str:
    """That no command has this word, and which is nearest; of a word that needs a second one, which there are."""
    first, _, rest = line.partition(" ")
    seconds = [
        second for word, _, second in (command.word.partition(" ") for command in commands) if word == first and second
    ]
    if seconds:
        what = (
            f"there is no {first} {rest}{spelling.meant(rest.casefold(), seconds)}" if rest else f"{first} needs a name"
        )
        return f"{what}; there are {listed(seconds)}"
    words = sorted({command.word.partition(" ")[0] for command in commands})
    return f"there is no command {first}{spelling.meant(first.casefold(), words)}" if first else "nothing is typed"
