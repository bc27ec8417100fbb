"""Whom a note names: contract §3a, Mentions."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from unicodedata import category

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orders_wire.mentioned import mentioned

PEOPLE = ("Ana", "Ana María", "bo", "bo-2", "a.b", "straße", "bea", "cy@shop.example", "shop.example", "ИВАН", "_x")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@ana", ("Ana",)),
        ("@ANA María, see this", ("Ana María",)),
        ("@Ana Maríana", ("Ana",)),
        ("@ana maria", ("Ana",)),
        ("@anas @bob @bo_", ()),
        ("@bo-2 @bo-", ("bo-2", "bo")),
        ("(@bo) @bo. @BO", ("bo",)),
        ("@a.b. @a.bc", ("a.b",)),
        ("@STRASSE @straße", ("straße",)),
        ("@Иван!", ("ИВАН",)),
        ("@bo\u0301 @bo\u200d @bo\u203f", ()),
        ("@bo\u202e\n@ana\u00a0", ("bo", "Ana")),
        ("@@bo x@ana", ("bo", "Ana")),
        ("@cy@shop.example", ("cy@shop.example",)),
        ("@shop.example", ("shop.example",)),
        ("@bea @Bea", ()),
        ("bo @ ana @", ()),
        ("@_x", ("_x",)),
    ],
)
def test_the_longest_known_name_behind_the_sign_is_meant(text: str, named: tuple[str, ...]) -> None:
    assert mentioned(text, PEOPLE, by="BEA") == named


def test_a_name_is_spelled_as_it_is_known_first() -> None:
    assert mentioned("@ANA", ["ana", "Ana"], by="") == ("ana",)


def plain(text: str, names: Sequence[str], by: str) -> list[str]:
    """The rule, word for word, at whatever cost."""
    found: list[str] = []
    at = text.find("@")
    while at >= 0:
        fitting = [
            (len(name.casefold()), -n, end)
            for n, name in enumerate(names)
            for end in range(at + 2, len(text) + 1)
            if text[at + 1 : end].casefold() == name.casefold() and not goes_on(text[end : end + 1])
        ]
        _, n, at = max(fitting, default=(0, 1, at + 1))
        if n < 1 and names[-n].casefold() not in {name.casefold() for name in (by, *found)}:
            found.append(names[-n])
        at = text.find("@", at)
    return found


def goes_on(char: str) -> bool:
    return (
        re.match(r"\w", char) is not None
        or (char != "" and category(char) in {"Mn", "Mc", "Me", "Pc"})
        or (char in ("\u200c", "\u200d"))
    )


SIGNS = st.sampled_from(
    ["@", "@", "a", "A", "b", "ß", "S", "İ", "i", "\u0307", "-", ".", " ", "_", "\u200d", "é", "\n"]
)
NAMES = st.lists(st.text(SIGNS, min_size=1, max_size=4), max_size=5)


@settings(max_examples=300, deadline=None)
@given(st.text(SIGNS, max_size=14), NAMES, st.text(SIGNS, max_size=3))
@example("@İ", ["i"], "")
@example("@a@b", ["a@b", "b"], "")
@example("@sß", ["s", "ss", "sSS"], "")
def test_it_is_the_rule_word_for_word(text: str, names: list[str], by: str) -> None:
    assert list(mentioned(text, names, by)) == plain(text, names, by)


def test_the_worst_of_notes_is_read_at_once() -> None:
    names = [f"{'a' * n}{m}" for n in range(100) for m in range(20)]
    began = time.process_time()
    assert mentioned("@a" * 2500, names, by="") == ()
    assert mentioned("@" + "a" * 4999, names, by="") == ()
    assert time.process_time() - began < 0.5
