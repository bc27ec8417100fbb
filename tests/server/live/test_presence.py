"""Who is where, as one process knows it, and as several come to agree on it (contract §3a, Presence)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.conftest import NOON

from orders_sync.instants import Ms
from orders_sync.live import presence, roll_call
from orders_sync.live.presence import Connection, Place, Presence, Report, Word
from orders_sync.live.roll_call import Asked
from orders_wire.presence import GONE_AFTER_S

ANA, BO = Connection("ana", "one"), Connection("bo", "one")
ANA_TOO = Connection("ana", "two")


def on(order_id: int, doing: str | None = None, name: str = "Ana", since: int = 0) -> Place:
    return Place(name, order_id, doing, Ms(NOON + since))


def orders(known: Presence, reader: str = "ana") -> list[int]:
    return [place.order_id for place in known.moved().get(reader, [])]


@pytest.fixture
def known() -> Presence:
    return Presence("here")


def test_somebody_is_where_she_said_last(known: Presence) -> None:
    known.hear(ANA, on(1), 0)
    assert known.moved() == {"ana": [on(1)]}
    known.hear(ANA, on(2, since=5), 5)
    assert known.moved() == {"ana": [on(2, since=5)]}
    assert (known.at(1), known.at(2)) == ([], [on(2, since=5)])
    known.hear(ANA, None, 6)
    assert known.moved() == {"ana": []}
    assert len(known) == 0


def test_to_say_it_again_moves_nobody_and_to_do_something_keeps_since_when_she_is_there(known: Presence) -> None:
    known.hear(ANA, on(1), 0)
    known.moved(), known.unreported(0)
    known.hear(ANA, on(1, since=20), 20)
    assert (known.has_moved, known.has_unreported) == (False, False)
    known.hear(ANA, on(1, "fulfill", since=30), 30)
    assert known.moved() == {"ana": [on(1, "fulfill")]}


def test_she_is_gone_so_long_after_her_last_word(known: Presence) -> None:
    known.hear(ANA, on(1), 0)
    known.hear(BO, on(1, name="bo"), 10)
    known.hear(ANA, on(1), 20)
    assert known.next_expiry() == 10 + GONE_AFTER_S
    known.expire(10 + GONE_AFTER_S)
    assert [place.name for place in known.at(1)] == ["Ana"]
    known.expire(19.9 + GONE_AFTER_S)
    assert len(known) == 1
    known.expire(20 + GONE_AFTER_S)
    assert (len(known), known.next_expiry()) == (0, None)


def test_two_terminals_are_one_person_in_both_places_and_last_where_she_went_last(known: Presence) -> None:
    known.hear(ANA, on(1), 0)
    known.hear(ANA_TOO, on(2, since=5), 5)
    assert orders(known) == [1, 2]
    known.hear(ANA, on(1, "hold"), 9)
    assert orders(known) == [1, 2]
    known.hear(ANA, on(3, since=10), 10)
    assert orders(known) == [2, 3]
    known.hear(ANA, None, 11)
    assert orders(known) == [2]
    assert len(known) == 1


def test_two_terminals_on_one_order_are_there_once_doing_what_either_does(known: Presence) -> None:
    known.hear(ANA, on(1, "fulfill"), 0)
    known.hear(ANA_TOO, on(1, since=5), 5)
    assert known.moved() == {"ana": [on(1, "fulfill")]}
    assert known.at(1) == [on(1, "fulfill")]


def test_an_order_tells_who_has_it_open_the_first_who_came_first(known: Presence) -> None:
    known.hear(BO, on(1, name="Bo", since=3), 3)
    known.hear(ANA, on(1, since=2), 4)
    known.hear(ANA_TOO, on(2, since=1), 5)
    assert [(place.name, place.since - NOON) for place in known.at(1)] == [("Ana", 2), ("Bo", 3)]


def test_a_name_has_so_many_terminals_and_the_one_that_was_silent_longest_gives_way(known: Presence) -> None:
    for n in range(presence.CONNECTIONS_OF_A_NAME + 1):
        known.hear(Connection("ana", str(n)), on(n + 1, since=n), n)
    assert known.place(Connection("ana", "0")) is None
    assert known.count("here") == presence.CONNECTIONS_OF_A_NAME


def test_a_process_takes_so_many_people_whoever_calls_itself_what(
    known: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "CONNECTIONS", 5)
    for n in range(9):
        known.hear(Connection(f"name {n}", ""), on(1, name=f"name {n}"), n)
    assert [place.name for place in known.at(1)] == [f"name {n}" for n in range(4, 9)]
    words = tuple(Word(Connection(f"other {n}", ""), on(2), 0) for n in range(9))
    known.receive(Report("there", words), 9)
    assert len(known) == 5


def test_people_of_another_process_go_with_it(known: Presence) -> None:
    known.receive(Report("there", (Word(ANA, on(1), 0),), count=1), 0)
    known.receive(Report("there", count=1), 100)
    known.expire(100 + GONE_AFTER_S - 0.1)
    assert len(known) == 1
    known.expire(100 + GONE_AFTER_S)
    assert (len(known), known.has_unreported) == (0, False)


def test_whoever_goes_on_at_another_process_is_not_given_up_by_the_first(known: Presence) -> None:
    known.hear(ANA, on(1), 0)
    known.unreported(0)
    known.receive(Report("there", (Word(ANA, on(1), 3.0),), count=1), 23)
    known.receive(Report("there", count=1), 29)
    known.expire(30)
    assert len(known) == 1
    assert not known.answers


def test_a_process_that_does_not_know_yet_who_went_on_here_is_not_asked_for_all(known: Presence) -> None:
    known.receive(Report("there", (Word(ANA, on(1), 0),), count=1), 0)
    known.hear(ANA, on(1), 20)
    assert known.receive(Report("there", count=1), 22)
    assert [word.connection for word in known.taken_over(23)] == [ANA]
    assert known.receive(Report("there", count=0), 24)


def test_what_a_process_heard_longer_ago_counts_less(known: Presence) -> None:
    known.hear(ANA, on(2), 50)
    known.receive(Report("there", (Word(ANA, on(1), 5.0),)), 51)
    assert known.place(ANA) == on(2)
    known.receive(Report("there", (Word(ANA, None, 30.0),)), 52)
    assert known.place(ANA) == on(2)
    known.receive(Report("there", (Word(ANA, None, 0.5),)), 53)
    assert known.place(ANA) is None


def test_a_process_that_answers_for_others_than_is_known_is_asked_and_its_answer_counts(known: Presence) -> None:
    known.receive(Report("there", (Word(ANA, on(1), 0), Word(BO, on(1, name="bo"), 0)), count=2), 0)
    assert not known.receive(Report("there", count=1), 6)
    assert known.receive(Report("there", (Word(BO, on(1, name="bo"), 1.0),), count=1, begins=True, ends=True), 7)
    assert [place.name for place in known.at(1)] == ["bo"]


def test_who_left_while_nothing_could_be_told_is_in_the_whole_that_is_told_then(known: Presence) -> None:
    """She was heard of at another process, and left at this one."""
    known.receive(Report("there", (Word(ANA, on(1), 0),)), 0)
    known.hear(ANA, None, 5)
    there = Presence("there")
    there.hear(ANA, on(1), 0)
    there.receive(Report("here", tuple(known.all(6)), begins=True, ends=True), 6)
    assert there.place(ANA) is None


def test_a_long_answer_comes_in_parts_and_nobody_flickers_meanwhile(known: Presence) -> None:
    known.receive(Report("there", (Word(ANA, on(1), 0), Word(BO, on(2, name="bo"), 0))), 0)
    known.moved()
    known.receive(Report("there", (Word(BO, on(2, name="bo"), 0),), begins=True), 1)
    assert not known.has_moved
    known.receive(Report("there", (), ends=True), 1)
    assert known.moved() == {"ana": []}


@given(st.integers(0, 300), st.text(min_size=1, max_size=120).filter(str.strip))
def test_what_is_told_fits_into_notifications_and_reads_the_same(people: int, name: str) -> None:
    words = tuple(
        Word(Connection(name.casefold(), str(n)), on(n + 1, "fulfill", name=name) if n % 3 else None, n / 100)
        for n in range(people)
    )
    texts = roll_call.reporting(7, Report("there", words, people, begins=True, ends=True))
    assert all(len(text.encode()) < 8_000 for text in texts)
    read = [roll_call.read(text, 7, "here") for text in texts]
    assert all(isinstance(each, Report) for each in read)
    found = [each for each in read if isinstance(each, Report)]
    assert [(word.connection.client, word.place, word.ago_s) for each in found for word in each.words] == [
        (word.connection.client, word.place, word.ago_s) for word in words
    ]
    assert [each.begins for each in found] == [n == 0 for n in range(len(found))]
    assert [(each.ends, each.count) for each in found][-1] == (True, people)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "7:12", '{"shop": 7}', '{"shop": 8, "process": "there"}', '{"shop": 7, "process": "here"}',
        '{"shop": 7, "process": "there", "said": [{"name": ""}]}',
        '{"shop": 7, "process": "there", "said": [{"name": "a", "client": "", "order": -1, "ago_ms": 0}]}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_of_another_shop_or_ones_own_says_nothing(text: str) -> None:
    assert roll_call.read(text, 7, "here") is None


def test_a_process_asks() -> None:
    assert roll_call.read(roll_call.asking(7, "there"), 7, "here") == Asked("there")


@dataclass
class Fleet:
    """Three processes that hear each other late or, while they are deaf, not at all; `truth`: what people said last."""

    now: float = 0.0
    processes: list[Presence] = field(default_factory=lambda: [Presence(str(n)) for n in range(3)])
    deaf: set[int] = field(default_factory=set)
    truth: dict[Connection, tuple[Place, float]] = field(default_factory=dict)

    def say(self, client: int, process: int, order_id: int | None) -> None:
        connection = Connection(f"person {client % 2}", str(client))
        place = None if order_id is None else on(order_id, name=connection.reader, since=int(self.now))
        self.processes[process].hear(connection, place, self.now)
        before = self.truth.pop(connection, None)
        if place is not None:
            since = before[0].since if before is not None and before[0].order_id == order_id else place.since
            self.truth[connection] = Place(place.name, place.order_id, None, since), self.now

    def tell(self, process: int) -> None:
        """One process tells what it has to: all of it, and then that it is still there."""
        speaker = self.processes[process]
        words = speaker.unreported(self.now) + speaker.taken_over(self.now)
        self._pass_on(process, Report(speaker.process, tuple(words), speaker.count(speaker.process)))

    def tell_all(self) -> None:
        for n, speaker in enumerate(self.processes):
            words = tuple(speaker.all(self.now))
            self._pass_on(n, Report(speaker.process, words, len(words), begins=True, ends=True))

    def _pass_on(self, process: int, told: Report) -> None:
        for text in roll_call.reporting(7, told):
            for n, listener in enumerate(self.processes):
                heard = roll_call.read(text, 7, listener.process)
                if n != process and n not in self.deaf and isinstance(heard, Report):
                    listener.receive(heard, self.now)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 3), st.integers(0, 2), st.one_of(st.none(), st.integers(1, 3))),
        st.tuples(st.just("tell"), st.integers(0, 2)),
        st.tuples(st.sampled_from(["deafen", "restart"]), st.integers(0, 2)),
        st.tuples(st.just("wait"), st.integers(1, 9)),
    ),
    max_size=40,
)


@given(steps)
def test_processes_agree_on_what_people_said_last_once_they_hear_each_other(done: list[tuple[object, ...]]) -> None:
    fleet = Fleet()

    def wait(seconds: int) -> None:
        fleet.now += seconds
        for each in fleet.processes:
            each.expire(fleet.now)

    def restart(process: int) -> None:
        gone = fleet.processes[process]
        fleet.processes[process] = Presence(f"{gone.process}'")
        fleet.truth = {c: told for c, told in fleet.truth.items() if gone.place(c) is None}

    ways: dict[object, Callable[..., object]] = {
        "say": fleet.say, "tell": fleet.tell, "deafen": fleet.deaf.add, "restart": restart, "wait": wait
    }  # fmt: skip
    for name, *arguments in done:
        ways[name](*arguments)
    fleet.deaf.clear()
    for connection in list(fleet.truth):
        fleet.say(int(connection.client), 0, fleet.truth[connection][0].order_id)
    for _ in range(3):
        wait(12)
        for connection in list(fleet.truth):
            fleet.say(int(connection.client), 1, fleet.truth[connection][0].order_id)
        fleet.tell_all()
    expected = {connection: place.order_id for connection, (place, _) in fleet.truth.items()}
    for known in fleet.processes:
        found = {c: place.order_id for c in expected if (place := known.place(c)) is not None}
        assert found == expected
        assert sum(known.count(each.process) for each in fleet.processes) == len(known._known) == len(expected)
