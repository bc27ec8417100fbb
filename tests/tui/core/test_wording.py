"""How values read: every word of the contract has a sign, nothing is wider than its column, times are the desk's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.tui.core.samples import NOON, order

from orders_tui import wording
from orders_tui.feed import Connection, ConnectionState
from orders_tui.screens.desk.layout import narrowed
from orders_tui.session.view import RowView
from orders_tui.store import Mark, MarkKind
from orders_tui.wording import Sign, Tone
from orders_tui.wording.lateness import GRADES
from orders_wire.detail import Present
from orders_wire.orders import Hold, Money, Outbound, ReturnSummary, TimelineEntry
from orders_wire.vocabulary import (
    ActionName,
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

SIGNS = [
    *(wording.order_status(order(status=status)) for status in Status),
    *map(wording.issue, Issue),
    *map(wording.priority, Priority),
    *map(wording.return_state, ReturnState),
    *map(wording.severity, Severity),
    *map(wording.event_type, EventType),
    *map(wording.event_type, AlertType),
    *wording.here([Present(name="ana", since=NOON)]),
    *GRADES,
    *(wording.timeline_event(f"return_{state}") for state in ReturnState),
    *(wording.mark(Mark(kind, ActionName.ASSIGN, "k")) for kind in MarkKind),
    *(wording.connection(Connection(state), NOON) for state in ConnectionState),
]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.word)
def test_every_sign_is_one_cell_with_an_ascii_twin_and_a_word(sign: Sign) -> None:
    assert cell_len(sign.glyph) == len(sign.ascii) == 1
    assert sign.ascii.isascii()
    assert sign.word
    assert cell_len(sign.short) <= 9


def test_short_titles_fit_their_tabs() -> None:
    assert all(len(wording.tab(tab)[1]) <= 11 for tab in Tab)


def test_only_what_somebody_wrote_is_called_a_note() -> None:
    told = TimelineEntry(ts=NOON, event="note", details="Cancellation ordered, by ana")
    wrote = told.model_copy(update={"note_id": "n1"})
    assert [wording.timeline_sign(entry, None).word for entry in (told, wrote)] == ["desk", "note"]


def test_an_unknown_timeline_event_still_reads() -> None:
    assert wording.timeline_event("fulfillment_teleported").word == "fulfillment teleported"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("89.9", "EUR", "89.90 €"),
        ("1204.00", "USD", "1,204.00 $"),
        ("1204.00", "CHF", "1,204.00 CHF"),
        ("1500", "JPY", "1,500 ¥"),
        ("1.5", "KWD", "1.500 KWD"),
        ("n/a", "EUR", "n/a €"),
    ],
)
def test_money(amount: str, currency: str, text: str) -> None:
    assert wording.money(Money(amount=amount, currency=currency)) == text


def test_money_in_plain_letters() -> None:
    assert wording.money(Money(amount="5", currency="EUR"), symbols=False) == "5.00 EUR"
    assert wording.money(None) == wording.usd(None) == "–"
    assert wording.usd(1204) == "$1,204.00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (4210, "4.2k"),
        (9999, "9.9k"),
        (31_400, "31k"),
        (999_999, "999k"),
        (1_240_000, "1.2M"),
    ],
)
def test_counts(value: int, text: str) -> None:
    assert wording.count(value) == text


@given(st.integers(0, 10**12))
def test_a_count_fits_its_tab(value: int) -> None:
    assert len(wording.count(value)) <= 5


@given(st.floats(0, 10**11))
def test_an_age_fits_its_column(seconds: float) -> None:
    assert len(wording.age(seconds)) <= 4


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "now"),
        (45, "45s"),
        (720, "12m"),
        (3 * 3600, "3h"),
        (13.5 * 86_400, "13d"),
        (35 * 86_400, "5w"),
        (800 * 86_400, "2y"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert wording.age(seconds) == text


@pytest.mark.parametrize(
    ("value", "zone", "text"),
    [
        (NOON - timedelta(hours=1), "UTC", "11:00"),
        (NOON - timedelta(hours=1), "Europe/Berlin", "12:00"),
        (NOON - timedelta(hours=1), "Nowhere/None", "11:00"),
        (NOON - timedelta(days=2), "UTC", "Fri 12:00"),
        (NOON - timedelta(days=20), "UTC", "20 Oct 12:00"),
        (datetime(2024, 9, 27, tzinfo=UTC), "UTC", "27 Sep 2024"),
        (None, "UTC", "–"),
    ],
)
def test_instants(value: datetime | None, zone: str, text: str) -> None:
    assert wording.instant(value, NOON, zone) == text


@pytest.mark.parametrize(
    ("hours", "word", "tone"),
    [
        (-2, "late 2h", Tone.WARN),
        (-23.9, "late 23h", Tone.WARN),
        (-24, "breach 1d", Tone.BAD),
        (-119.9, "breach 4d", Tone.BAD),
        (-120, "dire 5d", Tone.DIRE),
        (3, "today", Tone.ACTIVE),
        (73, "3d", Tone.PLAIN),
        (None, "", Tone.PLAIN),
    ],
)
def test_due_dates(hours: float | None, word: str, tone: Tone) -> None:
    due = None if hours is None else NOON + timedelta(hours=hours)
    sign = wording.ship_by(order(ship_by=due), NOON)
    assert (sign.word, sign.tone) == (word, tone)


@pytest.mark.parametrize(("hours", "word"), [(47, "late 1d"), (48, "breach 2d"), (130, "dire 5d")])
def test_when_late_is_a_breach_is_the_servers_to_say(hours: int, word: str) -> None:
    late = order(ship_by=NOON - timedelta(hours=hours))
    assert wording.ship_by(late, NOON, breach_hours=48).word == word
    assert [flag.word for flag in wording.flags(late, NOON, breach_hours=48)] == [word]
    assert wording.ship_by(late, NOON, breach_hours=200).word.startswith("late")


def test_how_late_differs_in_glyph_ascii_glyph_word_and_tone() -> None:
    for told in ("glyph", "ascii", "word", "tone"):
        assert len({getattr(grade, told) for grade in GRADES}) == len(GRADES) == 3


def test_nothing_is_due_once_shipped() -> None:
    shipped = order(ship_by=NOON - timedelta(days=1), status=Status.IN_TRANSIT)
    assert wording.ship_by(shipped, NOON).word == ""


def test_flags_most_urgent_first() -> None:
    row = order(
        1,
        alerts=[AlertType.SUPPORT_ESCALATED],
        ship_by=NOON - timedelta(hours=1),
        hold=Hold(reason=Issue.INVENTORY, since=NOON),
        issue=Issue.INVENTORY,
        outbound=Outbound(failed=1, waiting=1),
        return_=ReturnSummary(id="r", state=ReturnState.INSPECTION),
    )
    shown = [sign.short for sign in wording.flags(row, NOON)]
    assert shown == ["late", "failed", "hold", "return", "support", "outbound"]


def test_what_stands_beside_the_flags_is_not_repeated() -> None:
    row = order(1, ship_by=NOON - timedelta(hours=1), hold=Hold(reason=Issue.INVENTORY, since=NOON))
    assert [sign.short for sign in wording.flags(row, NOON, shown={"ship_by"})] == ["hold"]
    assert wording.flags(row, NOON, shown={"ship_by", "hold"}) == []


def test_a_name_that_a_system_chose_reads_as_words() -> None:
    assert [wording.words(name) for name in ("wrong_item", "too_big for me", None)] == [
        "wrong item",
        "too_big for me",
        "",
    ]


def test_the_line_counts_down_and_remembers_since() -> None:
    soon = Connection(ConnectionState.RECONNECTING, retry_at=NOON + timedelta(seconds=4))
    assert wording.connection(soon, NOON).word == "reconnecting in 4 s"
    gone = Connection(ConnectionState.OFFLINE, since=NOON)
    assert wording.connection(gone, NOON, "Europe/Berlin").word == "offline since 13:00"


def test_a_failed_mark_says_why() -> None:
    assert wording.mark(Mark(MarkKind.FAILED, ActionName.ASSIGN, "k", "changed by bo")).word == "changed by bo"


@pytest.mark.parametrize("action", ReturnAction)
def test_each_return_action_says_what_it_leads_to(action: ReturnAction) -> None:
    assert all(wording.return_action(action, state) for state in ReturnState)


def test_a_return_in_one_line() -> None:
    value = ReturnSummary(id="r", state=ReturnState.INSPECTION, refund_amount=199, currency="EUR", reason="damaged")
    assert wording.return_line(value) == "inspection · 199.00 € · damaged"


@pytest.mark.parametrize(
    ("delivery", "shown"), [("shipping", []), ("none", []), ("pickup", ["pick-up"]), ("local", ["local delivery"])]
)
def test_an_order_that_no_carrier_takes_is_flagged(delivery: str, shown: list[str]) -> None:
    assert [sign.word for sign in wording.flags(order(delivery=delivery), NOON)] == shown


@pytest.mark.parametrize("typed", ["AMELIE", "ame\u0301lie", "ａｍélie", "o´connor", "1００1"])
def test_narrowing_is_as_blind_as_the_search(typed: str) -> None:
    rows = [RowView(order(1, customer_name="Amélie O’Connor")), RowView(order(2))]
    assert narrowed(rows, typed) == rows[:1]
    assert narrowed(rows, "\u200b ") == rows


def _present(*names: str, doing: str | None = None) -> list[Present]:
    return [Present(name=name, doing=doing, since=NOON) for name in names]


@pytest.mark.parametrize(
    ("people", "said", "on_a_row"),
    [
        (_present(), "", []),
        (_present("ana"), "ana is here", ["ana"]),
        (_present("ana", doing="fulfill"), "ana is here, fulfilling", ["ana"]),
        (_present("ana", doing="split_it"), "ana is here, split it", ["ana"]),
        (_present("ana", "bo"), "ana, bo are here", ["ana, bo"]),
        (_present("ana", "bo", doing="hold"), "ana (holding), bo (holding) are here", ["ana, bo"]),
        (_present(*"abcde"), "a, b, c and 2 more are here", ["a, b, c +2"]),
    ],
)
def test_who_is_at_an_order(people: list[Present], said: str, on_a_row: list[str]) -> None:
    assert wording.presence(people) == said
    assert [sign.word for sign in wording.here(people)] == on_a_row
