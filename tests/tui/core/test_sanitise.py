"""Nothing that a terminal obeys, or that hides or reorders text, gets past the decode boundary."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders_tui.sanitise import sanitise, text


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("\x1b]52;c;ZXZpbA==\x07", "\ufffd]52;c;ZXZpbA==\ufffd"),
        ("\x9b31mred", "\ufffd31mred"),
        ("Ann\u202eelgooG", "Ann\ufffdelgooG"),
        ("a\u200bb\ufeffc\u2066d", "a\ufffdb\ufffdc\ufffdd"),
        ("two\r\nlines\tand\u2028more", "two lines and more"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("[/x] [@click=app.quit]Smith", "[/x] [@click=app.quit]Smith"),
        ("王伟 🎁 Zoë", "王伟 🎁 Zoë"),
    ],
)
def test_each_kind(hostile: str, safe: str) -> None:
    assert text(hostile) == safe


@given(st.text())
def test_the_result_is_one_line_of_visible_text_and_stays_so(value: str) -> None:
    safe = text(value)
    assert text(safe) == safe
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} or c in "\u202e\u2066\u200b\u2028" for c in safe)


def test_every_depth_and_the_keys_too() -> None:
    assert sanitise({"a\x1b": [{"n": "x\ny"}, 1, None, True]}) == {"a\ufffd": [{"n": "x y"}, 1, None, True]}


def test_what_terminals_do_not_agree_on_is_not_left_to_them() -> None:
    assert text("soft\u00adhyphen \u034f \u3164") == "soft\ufffdhyphen \ufffd \ufffd"
    assert text("\u2764\ufe0f \U0001f3f3\ufe0f") == "\u2764 \U0001f3f3"
