"""Who is where, as one process knows it: the people who tell it, and those of whom other processes tell. Pure.

Invariant: what was said of a connection last counts, whichever process it was said to. A process forgets the people who fell
silent to it, and those of a process that fell silent; nobody else's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

from orders_sync.instants import Ms
from orders_wire.presence import GONE_AFTER_S

CONNECTIONS_OF_A_NAME = 20
"""Terminals that one name may have at a process. Of too many the one that was silent longest gives way, here as there."""

CONNECTIONS = 2_000


class Connection(NamedTuple):
    """Whose terminal: `reader` is the name, blind to case; `client` tells the terminals of a name apart."""

    reader: str
    client: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection is: `since` is when it came to this order, whatever it does there."""

    name: str
    order_id: int
    doing: str | None
    since: Ms


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of a connection, `ago_s` before this is reported; `place` None: gone."""

    connection: Connection
    place: Place | None
    ago_s: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a process reports to the others. `count`: how many connections it answers for, where it says so.

    `begins`, `ends`: the first and the last part of all that it knows; what is not named in between is over.
    """

    process: str
    words: tuple[Word, ...] = ()
    count: int | None = None
    begins: bool = False
    ends: bool = False


@dataclass(slots=True)
class _Known:
    place: Place
    process: str
    heard: float


class Presence:
    """`process`: this one's name among those of the fleet. Instants are seconds of a clock that never goes back."""

    def __init__(self, process: str) -> None:
        self.process = process
        self._known: dict[Connection, _Known] = {}
        self._seen: dict[str, float] = {}
        self._doubted: dict[str, set[Connection]] = {}
        self._moved: set[str] = set()
        self._unreported: dict[Connection, float] = {}
        self._taken_over: dict[Connection, str] = {}
        """From whom, while they do not know it yet."""

    def __len__(self) -> int:
        """How many people are there."""
        return len({connection.reader for connection in self._known})

    @property
    def has_moved(self) -> bool:
        """`moved` has something to report."""
        return bool(self._moved)

    @property
    def has_unreported(self) -> bool:
        """`unreported` has something to report."""
        return bool(self._unreported)

    @property
    def answers(self) -> bool:
        """Somebody who is there told this process."""
        return any(known.process == self.process for known in self._known.values())

    def count(self, process: str) -> int:
        """For how many connections a process answers."""
        return sum(known.process == process for known in self._known.values())

    def place(self, connection: Connection) -> Place | None:
        """Where a connection is."""
        known = self._known.get(connection)
        return known.place if known is not None else None

    def hear(self, connection: Connection, place: Place | None, now: float) -> None:
        """A connection says to this process where it is; None: nowhere."""
        known = self._known.get(connection)
        if place is None:
            self._forget(connection, now)
            return
        if known is not None and known.place.order_id == place.order_id:
            place = replace(place, since=known.place.since)
        if known is None:
            self._make_room(connection.reader)
        if known is None or known.place != place:
            self._set(connection, _Known(place, self.process, now))
            self._unreported[connection] = now
            return
        if known.process != self.process:
            self._taken_over[connection] = known.process
        known.process, known.heard = self.process, now

    def receive(self, report: Report, now: float) -> bool:
        """Another process tells what it heard. False: it answers for more or fewer than is known of it, and is to tell all."""
        process = report.process
        self._seen[process] = now
        if report.begins:
            self._doubted[process] = {each for each, known in self._known.items() if known.process == process}
        doubted = self._doubted.get(process, set())
        for word in report.words:
            doubted.discard(word.connection)
            self._take(word, process, now - word.ago_s)
        if report.ends:
            for connection in self._doubted.pop(process, ()):
                if connection in self._known and self._known[connection].process == process:
                    self._drop(connection)
        taken = sum(before == process for before in self._taken_over.values())
        return report.count is None or report.ends or report.count == self.count(process) + taken

    def expire(self, now: float) -> None:
        """Forgets whoever has not been heard of for too long, and the people of a process that has not."""
        silent = now - GONE_AFTER_S
        for connection, known in list(self._known.items()):
            if known.process != self.process:
                if self._seen[known.process] <= silent:
                    self._drop(connection)
            elif known.heard <= silent:
                self._forget(connection, known.heard)
        self._seen = {process: at for process, at in self._seen.items() if at > silent}
        self._doubted = {process: doubted for process, doubted in self._doubted.items() if process in self._seen}

    def next_expiry(self) -> float | None:
        """When `expire` may have something to do; None while nobody is there."""
        heard = (k.heard if k.process == self.process else self._seen[k.process] for k in self._known.values())
        first = min(heard, default=None)
        return None if first is None else first + GONE_AFTER_S

    def moved(self) -> dict[str, list[Place]]:
        """The places of whoever moved since this was last asked, by reader, one an order; where they came to last is last."""
        moved, self._moved = self._moved, set()
        found: dict[str, list[tuple[Ms, str, Place]]] = {reader: [] for reader in moved}
        for connection, known in self._known.items():
            if connection.reader in moved:
                found[connection.reader].append((known.place.since, connection.client, known.place))
        return {reader: _one_an_order([place for *_, place in sorted(places)]) for reader, places in found.items()}

    def at(self, order_id: int) -> list[Place]:
        """Who has an order open, each name once, the first who came first."""
        here: dict[str, list[Place]] = {}
        for connection, known in self._known.items():
            if known.place.order_id == order_id:
                here.setdefault(connection.reader, []).append(known.place)
        return sorted((_merged(places) for places in here.values()), key=lambda place: (place.since, place.name))

    def unreported(self, now: float) -> list[Word]:
        """What this process heard and has not reported to the others yet."""
        unreported, self._unreported = self._unreported, {}
        self._taken_over = {each: before for each, before in self._taken_over.items() if each not in unreported}
        return [Word(connection, self.place(connection), now - heard) for connection, heard in unreported.items()]

    def taken_over(self, now: float) -> list[Word]:
        """Who told this process what another was told before, and the others do not know it yet."""
        taken_over, self._taken_over = self._taken_over, {}
        return self._words(taken_over.keys() & self._known.keys(), now)

    def all(self, now: float) -> list[Word]:
        """All that this process was told by the people themselves, and who left it since it told anything."""
        left = [word for word in self.unreported(now) if word.place is None]
        self._taken_over = {}
        return left + self._words(self._known, now)

    def _words(self, connections: Collection[Connection], now: float) -> list[Word]:
        known = ((connection, self._known[connection]) for connection in connections)
        return [Word(each, it.place, now - it.heard) for each, it in known if it.process == self.process]

    def _take(self, word: Word, process: str, heard: float) -> None:
        connection, known = word.connection, self._known.get(word.connection)
        if known is not None and known.process != process and known.heard > heard:
            return
        self._unreported.pop(connection, None)
        self._taken_over.pop(connection, None)
        if word.place is None:
            self._drop(connection)
        elif known is not None and known.place == word.place:
            known.process, known.heard = process, heard
        elif known is not None or len(self._known) < CONNECTIONS:
            self._set(connection, _Known(word.place, process, heard))

    def _set(self, connection: Connection, known: _Known) -> None:
        self._known[connection] = known
        self._moved.add(connection.reader)

    def _drop(self, connection: Connection) -> bool:
        if self._known.pop(connection, None) is None:
            return False
        self._moved.add(connection.reader)
        return True

    def _forget(self, connection: Connection, heard: float) -> None:
        """One that is gone, as this process heard last: the others are to know."""
        if self._drop(connection):
            self._unreported[connection] = heard

    def _make_room(self, reader: str) -> None:
        """For one more of this name."""
        ours = [each for each, known in self._known.items() if known.process == self.process]
        same = [each for each in ours if each.reader == reader]
        crowd = same if len(same) >= CONNECTIONS_OF_A_NAME else ours if len(self._known) >= CONNECTIONS else []
        if crowd:
            longest_silent = min(crowd, key=lambda each: self._known[each].heard)
            self._forget(longest_silent, self._known[longest_silent].heard)


def _one_an_order(places: list[Place]) -> list[Place]:
    by_order: dict[int, list[Place]] = {}
    for place in places:
        by_order[place.order_id] = [*by_order.pop(place.order_id, []), place]
    return [_merged(several) for several in by_order.values()]


def _merged(places: list[Place]) -> Place:
    """The terminals of one name on one order: there since the first came, doing what the last of them does that does anything."""
    places = sorted(places, key=lambda place: place.since)
    doing = next((place.doing for place in reversed(places) if place.doing), None)
    return replace(places[-1], doing=doing, since=places[0].since)
