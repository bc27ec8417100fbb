"""What was probably meant, and on which line of a file a key stands."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders_wire.spelling import MANY, meant, nearest, none_of
from orders_wire.toml_lines import key_lines
from orders_wire.vocabulary import Tab


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("overdu", "overdue"),
        ("OVERDUE", "overdue"),
        ("awaiting-tracking", "awaiting_tracking"),
        ("ref", "refunded"),
        ("hods", "holds"),
        ("xyzzy", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_like_it_or_begins_so(word: str, near: str | None) -> None:
    assert nearest(word, Tab) == near


def test_of_few_words_all_are_named_and_of_many_the_nearest_and_what_lists_them() -> None:
    assert none_of("lead", ["viewer", "leader"]) == "'lead' is none of viewer, leader (did you mean leader?)"
    assert none_of("", ["original", "none"]) == "nothing was given; allowed: original, none"
    many = ["label", *(f"word{n}" for n in range(MANY))]
    assert (
        none_of("labl", many, "orders-tui words")
        == "there is no 'labl' (did you mean label?); orders-tui words lists them"
    )
    assert meant("zzz", many) == ""


FILE = """# who is meant
default_profile = "prod"

[defaults]
name = "ana"   # a name
list = [
    1,
    2,
]
text = \"\"\"
name = "bo"
\"\"\"

[profile]
prod = { server = "http://x", theme = "nord" }

[profile."a b"]
name = "cy"
[keys]
"order.assign" = "A"
"""


def test_a_key_is_found_on_the_line_where_its_value_begins() -> None:
    lines = key_lines(FILE)
    assert {path: line for path, line in lines.items() if path[-1] not in ("defaults", "profile", "keys")} == {
        ("default_profile",): 2,
        ("defaults", "name"): 5,
        ("defaults", "list"): 6,
        ("defaults", "text"): 10,
        ("profile", "prod"): 15,
        ("profile", "prod", "server"): 15,
        ("profile", "prod", "theme"): 15,
        ("profile", "a b"): 17,
        ("profile", "a b", "name"): 18,
        ("keys", "order.assign"): 20,
    }


@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.integers(), min_size=1, max_size=8), st.data())
def test_every_key_of_a_file_has_its_line(values: dict[str, int], data: st.DataObject) -> None:
    text, wanted = "", {}
    for key, value in values.items():
        text += "\n" * data.draw(st.integers(0, 2)) + data.draw(st.sampled_from(["", "# x = 1\n"]))
        wanted[(key,)] = text.count("\n") + 1
        text += f"{key} = {value}\n"
    assert key_lines(text) == wanted


def test_what_is_no_toml_has_no_lines() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        key_lines("a = \n")
