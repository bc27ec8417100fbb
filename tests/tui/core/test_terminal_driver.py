"""Bytes of a terminal that are no text, numbers that no key has, a paste without an end: none of them costs another key."""

from __future__ import annotations

import pytest
from textual import events

from orders_tui.terminal.driver import LARGEST, LULL_S, InputDecoder

STRANGE = {
    "Latin-1": b"\xe9",
    "the eighth bit": b"\xf1\xe1",
    "a surrogate": b"\xed\xa0\x80",
    "half a character": b"\xf0\x9f",
    "beyond Unicode": b"\x1b[1114112;1u",
    "no number of a machine": b"\x1b[99999999999999999999u",
    "text beyond Unicode": b"\x1b[97;1;1114112u",
    "no size": b"\x1b[48;0;0;0;0t",
    "a size for no memory": b"\x1b[48;99999;99999;1;1t",
    "a mouse without numbers": b"\x1b[<;;M",
    "a mouse nowhere": b"\x1b[<0;-5;-5M",
    "an end of no paste": b"\x1b[201~",
}


def pressed(keys: InputDecoder, *chunks: bytes, every_s: float = 0.0) -> list[str]:
    """The keys and pastes that come of what is read."""
    names = []
    for number, chunk in enumerate(chunks, start=1):
        for message in keys.feed(chunk, number * every_s):
            if isinstance(message, events.Key):
                names.append(message.key)
            elif isinstance(message, events.Paste):
                names.append(f"paste {message.text}")
    return names


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_what_is_no_key_is_dropped_by_itself(strange: bytes) -> None:
    assert pressed(InputDecoder(), b"j" + strange + b"k\x1b[A") == ["j", "k", "up"]


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_what_comes_cut_in_pieces_costs_no_later_key(strange: bytes) -> None:
    keys = InputDecoder()
    pressed(keys, *(bytes([each]) for each in strange))
    assert pressed(keys, b"\x1b[B", b"j")[-1] == "j"


def test_a_mouse_over_a_terminal_without_pixels_costs_no_key() -> None:
    assert pressed(InputDecoder(), b"\x1b[48;24;80;0;0t\x1b[<0;5;5Mj") == ["j"]


def test_text_of_any_language_comes_through_in_any_pieces() -> None:
    text = "é田🦊"
    assert pressed(InputDecoder(), *(bytes([each]) for each in f"\x1b[200~{text}\x1b[201~".encode())) == [
        f"paste {text}"
    ]


def test_a_size_that_can_be_is_told() -> None:
    sizes = [
        message.size
        for message in InputDecoder().feed(f"\x1b[48;{LARGEST};80;1;1t".encode(), 0)
        if isinstance(message, events.Resize)
    ]
    assert sizes == [(80, LARGEST)]


def test_esc_after_a_lull_ends_a_paste_whose_end_was_lost() -> None:
    keys = InputDecoder()
    assert pressed(keys, b"\x1b[200~12", b"34", b"\x1b", b"j", every_s=2 * LULL_S) == ["paste 1234", "j"]


def test_a_paste_that_comes_slowly_is_never_commands() -> None:
    keys = InputDecoder()
    assert pressed(keys, b"\x1b[200~qq", b"q", b"q\x1b[20", b"1~", every_s=2 * LULL_S) == ["paste qqqq"]


@pytest.mark.parametrize(
    "inside", ["\x1bq", "\x1b[A", "\x1b\x1b", "\x1b[200~", "\x1b[201", "\x1b" * 40, "\x1b[97;1;1114112u"]
)
def test_nothing_in_a_paste_is_a_key(inside: str) -> None:
    whole = f"\x1b[200~a{inside}b\x1b[201~j".encode()
    cleaned = inside.replace("\x1b", "")
    assert (
        pressed(InputDecoder(), whole)
        == pressed(InputDecoder(), *(bytes([each]) for each in whole))
        == [f"paste a{cleaned}b", "j"]
    )
