"""Event ids, instants and frames as they stand on the wire: contract §2."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.conftest import NOON

from orders_sync.db.events import Numbered
from orders_sync.instants import parse_instant
from orders_sync.live import frames
from orders_sync.live.frames import EncodedEvent
from orders_sync.live.history import instant
from orders_sync.live.hub import Recent


@given(st.integers(0, 2**53))
def test_an_event_id_names_its_number(n: int) -> None:
    assert frames.event_number("k3f9", frames.event_id("k3f9", n)) == n


@pytest.mark.parametrize(
    "text", ["", "7", "k3f9", "k3f9-", "-7", "other-7", "k3f9-07", "k3f9--7", "k3f9-7 ", "k3f9-٧", "k3f9-1e3", "k3f9-²"]
)
def test_anything_else_is_no_event_id(text: str) -> None:
    assert frames.event_number("k3f9", text) is None


def test_an_event_id_of_endless_digits_is_none() -> None:
    assert frames.event_number("k3f9", "k3f9-" + "9" * 5000) is None


def test_the_number_becomes_id_and_version() -> None:
    told = frames.encode("k3f9", Numbered(7, b'{"type":"refresh","created_at":"2026-03-10T12:00:00Z"}'))
    assert json.loads(told.text) == {
        "id": "k3f9-7", "version": 7, "type": "refresh", "created_at": "2026-03-10T12:00:00Z"
    }  # fmt: skip


def test_a_frame_is_an_id_a_data_line_and_an_empty_line() -> None:
    events = [EncodedEvent(7, b"{}"), EncodedEvent(8, b"{}")]
    assert frames.frames("k3f9", events) == b"id: k3f9-7\ndata: {}\n\nid: k3f9-8\ndata: {}\n\n"


def test_nothing_is_no_chunk() -> None:
    assert frames.chunk(b"") == b""
    assert frames.chunk(b"0123456789abcdef") == b"10\r\n0123456789abcdef\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-10T12:00:00Z",
        "2026-03-10t12:00:00z",
        "2026-03-10T12:00:00.000000000Z",
        "2026-03-10T13:30:00+01:30",
        "2026-03-10T13:30:00 01:30",
        "2026-03-10 13:30:00 01:30",
        "2026-03-10T04:00:00-08:00",
        " 2026-03-10T12:00:00Z ",
    ],
)
def test_an_instant_may_have_any_offset_and_a_plus_that_became_a_space(text: str) -> None:
    assert instant(text) == NOON


@pytest.mark.parametrize(
    ("fraction", "after_noon_ms"), [(".5", 500), (".001", 1), (".0001", 1), (".000001", 1), (".999999", 1000)]
)
def test_a_fraction_of_a_millisecond_is_rounded_up_so_that_nothing_earlier_is_told(
    fraction: str, after_noon_ms: int
) -> None:
    assert instant(f"2026-03-10T12:00:00{fraction}Z") == NOON + after_noon_ms


@pytest.mark.parametrize(
    "text", ["", "now", "2026-03-10", "2026-03-10T12:00:00", "2026-03-10 12:00:00", "1773144000", "k3f9-7"]
)
def test_what_names_no_instant_is_none(text: str) -> None:
    assert instant(text) is None


def test_an_instant_before_1970_is_one_too() -> None:
    assert instant("1969-12-31T23:59:59.9995Z") == 0
    assert instant("1969-12-31T23:59:59Z") == parse_instant("1969-12-31T23:59:59Z")


def _events(*numbers: int) -> list[EncodedEvent]:
    return [EncodedEvent(n, b"") for n in numbers]


def test_the_newest_events_are_remembered_and_no_more() -> None:
    recent = Recent(10, size=2)
    recent.add(_events(11, 13), 14)
    assert recent.after(10) == _events(11, 13)
    assert recent.after(12) == _events(13)
    assert recent.after(14) == []
    assert recent.after(15) is None
    assert recent.after(9) is None
    recent.add(_events(15), 15)
    assert recent.after(10) is None
    assert recent.after(11) == _events(13, 15)


def test_what_a_reset_overtook_is_forgotten() -> None:
    recent = Recent(0, size=10)
    recent.add(_events(1, 2, 3), 3)
    recent.forget(2)
    assert recent.after(1) is None
    assert recent.after(2) == _events(3)
