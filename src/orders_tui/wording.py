"""Values as words, glyphs and short texts: one place for how a state, an age or an amount reads. Pure.

Everything that matters is a glyph and a word; colour comes from the theme by `tone` and is never the only sign. Each glyph has
an ASCII twin. Every glyph is one cell wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_tui.feed import Connection
    from orders_tui.store import Mark
    from orders_wire.orders import Money, Order, ReturnSummary
    from orders_wire.vocabulary import (
        AlertType,
        EventType,
        Issue,
        Priority,
        ReturnAction,
        ReturnState,
        Severity,
        Status,
        Tab,
    )


class Tone(StrEnum):
    """What a colour is chosen by."""

    PLAIN = "plain"
    DIM = "dim"
    GOOD = "good"
    ACTIVE = "active"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Sign:
    """A state as it is shown: `glyph` (one cell), its `ascii` twin, the `word`, a `short` word (≤ 9 cells), the tone."""

    glyph: str
    ascii: str
    word: str
    short: str
    tone: Tone = Tone.PLAIN

    def mark(self, ascii_only: bool = False) -> str:
        """The glyph to use."""
        return self.ascii if ascii_only else self.glyph


def status(value: Status) -> Sign:
    """An order's status."""
    raise NotImplementedError


def issue(value: Issue) -> Sign:
    """What keeps an order from going well."""
    raise NotImplementedError


def priority(value: Priority) -> Sign:
    """`vip`, `rush`, `standard`."""
    raise NotImplementedError


def return_state(value: ReturnState) -> Sign:
    """Where a return stands."""
    raise NotImplementedError


def return_action(value: ReturnAction, now_in: ReturnState) -> str:
    """What an action on a return does, as a sentence with its consequence."""
    raise NotImplementedError


def severity(value: Severity) -> Sign:
    """How bad an alert is."""
    raise NotImplementedError


def event_type(value: EventType | AlertType) -> Sign:
    """What an alert is about."""
    raise NotImplementedError


def timeline_event(value: str) -> Sign:
    """A timeline entry's `event`; an unknown one reads as its name with spaces."""
    raise NotImplementedError


def mark(value: Mark) -> Sign:
    """What is said about a row's actions."""
    raise NotImplementedError


def connection(value: Connection, now: datetime) -> Sign:
    """The state of the line; its word counts down (`reconnecting in 4 s`, `offline since 14:02`)."""
    raise NotImplementedError


def tab(value: Tab) -> tuple[str, str]:
    """A tab's title and its short title (≤ 11 cells)."""
    raise NotImplementedError


def age(seconds: float) -> str:
    """At most four cells: `now`, `45s`, `12m`, `3h`, `2d`, `5w`, `3y`."""
    raise NotImplementedError


def ship_by(order: Order, now: datetime, zone: str = "UTC") -> Sign:
    """The due date, relative: `today`, `3d`, `late 2h`; an empty word where there is none."""
    raise NotImplementedError


def instant(value: datetime | None, now: datetime, zone: str = "UTC") -> str:
    """A time in the desk zone: `13:51` today, `Tue 13:51` this week, `27 Sep 13:51`, `27 Sep 2024`; `–` for None."""
    raise NotImplementedError


def money(value: Money | None, symbols: bool = True) -> str:
    """`89.90 €`, `1,204.00 USD`; as many decimals as the currency has; `–` for None."""
    raise NotImplementedError


def usd(value: float | None) -> str:
    """A USD figure, `$1,204.00`; `–` for None."""
    raise NotImplementedError


def count(value: int) -> str:
    """At most five cells: `312`, `4.2k`, `31k`, `1.2M`."""
    raise NotImplementedError


def owner(value: str) -> str:
    """An owner's name; `–` for nobody."""
    raise NotImplementedError


def flags(order: Order) -> list[Sign]:
    """What deserves a look on a row: late, issue, return, hold, outbound work that failed; most urgent first."""
    raise NotImplementedError


def return_line(value: ReturnSummary) -> str:
    """A return in one line: its state, amount and reason."""
    raise NotImplementedError
