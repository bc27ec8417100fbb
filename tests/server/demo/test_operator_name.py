"""What the demo calls whoever starts it."""

from __future__ import annotations

import pytest

from orders_demo.identity import LONGEST_NAME, NAMELESS, operator_name


@pytest.mark.parametrize(
    ("login", "name"),
    [
        ("zoe", "zoe"),
        ("Zoë Müller", "Zoë Müller"),
        ("田中", "田中"),
        ("  a \t b\n", "a b"),
        ("CORP\\ana", "CORP\\ana"),
        ("-rf", "-rf"),
        ("a\x1b[31m\u202eb\udce9", "a [31m b"),
        ("x" * 500, "x" * LONGEST_NAME),
        ("", NAMELESS),
        ("\x00\u200b", NAMELESS),
        ("nobody", NAMELESS),
        ("Unassigned", NAMELESS),
    ],
)
def test_it_is_the_login_name_as_far_as_a_desk_can_show_it(login: str, name: str) -> None:
    assert operator_name(lambda: login) == name


@pytest.mark.parametrize("error", [OSError, KeyError, ImportError])
def test_without_one_there_is_a_word(error: type[Exception]) -> None:
    def login() -> str:
        raise error("no username")

    assert operator_name(login) == NAMELESS
