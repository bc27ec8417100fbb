"""Until when: a small set of words, read in the desk's zone, and nothing that is past."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders_tui import wording
from orders_tui.query.dates import Unreadable
from orders_tui.query.until import until

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 30, 13, 20, 30, 5, tzinfo=BERLIN)
"""A Monday afternoon."""


def local(text: str, now: datetime = MONDAY) -> str:
    return until(text, now, BERLIN).astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("90m", "2026-11-30 14:50"),
        ("2h", "2026-11-30 15:20"),
        ("3d", "2026-12-03 13:20"),
        (" 3 D ", "2026-12-03 13:20"),
        ("1w", "2026-12-07 13:20"),
        ("today 17:00", "2026-11-30 17:00"),
        ("tomorrow", "2026-12-01 00:00"),
        ("tomorrow 9:00", "2026-12-01 09:00"),
        ("17:30", "2026-11-30 17:30"),
        ("9:00", "2026-12-01 09:00"),
        ("mon", "2026-12-07 00:00"),
        ("mon 9:00", "2026-12-07 09:00"),
        ("mon 17:00", "2026-11-30 17:00"),
        ("Friday  09:00", "2026-12-04 09:00"),
        ("thurs", "2026-12-03 00:00"),
        ("2026-12-24", "2026-12-24 00:00"),
        ("2026-12-24 9:00", "2026-12-24 09:00"),
        ("2026-12-24T09:00", "2026-12-24 09:00"),
        ("2026-12-24T09:00:00Z", "2026-12-24 10:00"),
        ("2026-12-24T09:00+05:00", "2026-12-24 05:00"),
    ],
)
def test_what_can_be_typed(typed: str, meant: str) -> None:
    assert local(typed) == meant


@pytest.mark.parametrize(
    "typed", ["2026-11-30", "2020-01-01", "today 9:00", "today", "0d", "0h", "2026-11-30T12:20:30Z"]
)
def test_what_is_past_is_refused_with_what_is_allowed(typed: str) -> None:
    with pytest.raises(Unreadable, match=r"is past: .*mon 9:00"):
        until(typed, MONDAY, BERLIN)


@pytest.mark.parametrize(
    "typed", ["", "soon", "mo", "3", "3y", "25:00", "9:5", "mon 24:01", "2026-13-01", "2026-02-30", "24.12.", "mon tue"]
)
def test_what_cannot_be_read_is_refused_with_what_is_allowed(typed: str) -> None:
    with pytest.raises(Unreadable, match=r"is no time: .*3d, .*mon 9:00.*2026-12-24"):
        until(typed, MONDAY, BERLIN)


def test_days_keep_the_time_of_day_over_a_change_of_the_clocks_and_hours_do_not() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)
    assert local("1d", before) == "2026-10-25 12:00"
    assert local("24h", before) == "2026-10-25 11:00"


def test_a_time_that_the_clocks_leave_out_is_later_and_one_that_comes_twice_is_the_first() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert local("2026-03-29 2:30", now) == "2026-03-29 03:30"
    assert until("2026-10-25 2:30", now, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(st.text(max_size=30) | st.from_regex(r"(mon|2026-1\d-\d\d|\d{1,4}[mhdw])?[ T]?(\d{1,2}:\d\d)?", fullmatch=True))
def test_whatever_is_typed_is_later_than_now_or_refused(typed: str) -> None:
    with suppress(Unreadable):
        assert until(typed, MONDAY, BERLIN) > MONDAY


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("mon 9:00", "Mon 2026-12-07 09:00, in 6 d"),
        ("2h", "Mon 2026-11-30 15:20, in 2 h"),
        ("45m", "Mon 2026-11-30 14:05, in 45 min"),
    ],
)
def test_the_instant_is_said_in_full(typed: str, words: str) -> None:
    assert wording.until(until(typed, MONDAY, BERLIN), MONDAY, "Europe/Berlin") == words
