"""When a write is tried again: capped, exponential, with jitter, and not before the receiver said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orders_sync.backoff import CAP_MS, MAX_TRIES, pause_ms
from orders_sync.instants import HOUR, MINUTE, SECOND

tries = st.integers(1, 60)
dice = st.floats(0, 1, exclude_max=True)


def test_it_doubles_up_to_the_cap() -> None:
    assert [pause_ms(n, 0.999999) // SECOND for n in (1, 2, 3, 4)] == [1, 3, 7, 15]
    assert pause_ms(40, 0.999999) < CAP_MS


@given(tries, dice)
def test_jitter_takes_at_most_half(n: int, d: float) -> None:
    assert pause_ms(n, 0.0) <= pause_ms(n, d) <= 2 * pause_ms(n, 0.0)
    assert pause_ms(n, d) <= CAP_MS


@given(tries, dice, st.integers(0, HOUR))
def test_a_receivers_own_word_is_kept(n: int, d: float, after: int) -> None:
    assert pause_ms(n, d, after) >= after


def test_a_receiver_cannot_put_a_write_off_for_ever() -> None:
    assert pause_ms(1, 0.0, 10**12) == HOUR


def test_all_tries_together_take_about_half_an_hour() -> None:
    assert 10 * MINUTE < sum(pause_ms(n, 0.5) for n in range(1, MAX_TRIES)) < HOUR
