"""What is typed after `:`: which command it means, what is offered, what is said of what is wrong."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders_tui.commands import BUILT_IN, Argument
from orders_tui.query.alerts import WORDS
from orders_tui.words.arguments import CLOSED, Value, signed
from orders_tui.words.line import Reading, read
from orders_tui.words.matching import likeness, ranked
from orders_wire.vocabulary import Tab

KNOWN: Mapping[Argument, tuple[Value, ...]] = {
    Argument.OWNER: (Value("ana", "you"), Value("bo", "9 open"), Value("nobody")),
    Argument.ORDER: (Value("#1001", "Zoe"), Value("#1002")),
    Argument.REASON: (Value("fraud"), Value("payment")),
    Argument.CANCEL_REASON: (Value("customer"), Value("other")),
    Argument.SORT: tuple(signed([Value("ship_by", "ship by"), Value("assigned_to", "owner")])),
    Argument.VIEW: (Value("late, in Berlin"), Value("all of it")),
    Argument.THEME: (Value("light"), Value("dark"), Value("nord")),
    Argument.TAGS: (Value("rush"), Value("gift")),
    Argument.COLUMN: (Value("-status", "hide status"), Value("tags", "show tags")),
    Argument.TAB: (*(Value(tab.replace("_", "-")) for tab in Tab), Value("my own")),
    Argument.PROFILE: (Value("prod"), Value("staging")),
    Argument.ALERTS: tuple(map(Value, WORDS)),
    Argument.SKU: (Value("TEE-BLK-M"),),
    Argument.NAME: (Value("all of it"),),
    Argument.FILTER: (Value("owner:none age:>2d"),),
}


def reading(typed: str) -> Reading:
    return read(typed, BUILT_IN, KNOWN)


def offered(typed: str) -> list[str]:
    return [offer.text for offer in reading(typed).offers]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("srt", "sort"),
        ("srt -ship_by", "sort -ship_by"),
        ("theme li", "theme light"),
        ("thme li", "theme light"),
        ("thme", "theme"),
        ("theme ", "theme light"),
        ("sort ", "sort ship_by"),
        ("sort -", "sort -ship_by"),
        ("sort owner", "sort assigned_to"),
        ("assign b", "assign bo"),
        ("tags gi", "tags gift"),
        ("tag rush, -gi", "tags rush, -gift"),
        ("hold fr", "hold fraud"),
        ("views berlin", "views late, in Berlin"),
        ("search ", "search owner:none age:>2d"),
        ("search owner:none sta", "search owner:none status:"),
        ("search owner:b", "search owner:bo"),
        ("stock tee", "inventory TEE-BLK-M"),
        ("columns ", "columns -status"),
        ("columns tag", "columns tags"),
        ("save-view all", "save-view all of it"),
        ("tab ov", "tab overdue"),
        ("mark all", "mark-all"),
        ("next p", "next-page"),
        ("money", ""),
    ],
)
def test_what_is_typed_is_completed_with_what_is_most_like_it(typed: str, first: str) -> None:
    assert next(iter(offered(typed)), "") == first


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sort -ship_by", "sort -ship_by"),
        ("theme LIGHT", "theme light"),
        ("tab awaiting tracking", "tab awaiting-tracking"),
        ("tab My Own", "tab my own"),
        ("assign new name", "assign new name"),
        ("q", "quit"),
        ("columns -status", "columns -status"),
    ],
)
def test_what_is_a_command_is_meant_as_it_stands(typed: str, meant: str) -> None:
    said = reading(typed).meant
    assert said is not None
    assert said.text == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("srot -ship_by", "there is no command srot (did you mean sort?)"),
        ("tab overdeu", "there is no tab overdeu (did you mean overdue?); there are all, unfulfilled, overdue"),
        ("theme nordd", "there is no theme nordd (did you mean nord?); there are light, dark, nord"),
        (
            "sort -shipby",
            "there is no field to sort by -shipby (did you mean -ship_by?); there are ship_by, assigned_to",
        ),
        ("hold froud", "there is no reason froud (did you mean fraud?); there are fraud, payment"),
        ("search staus:x", "there is no staus: (did you mean status?)"),
        ("freeze now", "freeze takes nothing behind it"),
        ("views gone", "there is no view gone; there are late, in Berlin, all of it"),
    ],
)
def test_what_is_wrong_says_what_is_allowed_and_what_is_nearest(typed: str, words: str) -> None:
    found = reading(typed)
    assert found.meant is None
    assert found.fault.startswith(words)


@pytest.mark.parametrize("typed", ["thme ansi", "tb overdeu", "srt shipby", "vews gone", "srch staus:x"])
def test_nothing_wrong_is_offered_behind_a_word_that_was_meant(typed: str) -> None:
    assert [text for text in offered(typed) if reading(text).fault] == []


def test_every_kind_of_argument_is_completed_or_is_a_number_or_a_text_that_nobody_knows() -> None:
    kinds = {command.argument for command in BUILT_IN} | set(CLOSED)
    for kind in kinds - {Argument.NONE, Argument.NUMBER, Argument.TEXT}:
        assert KNOWN[kind], kind
    for command in BUILT_IN:
        if command.argument not in {Argument.NONE, Argument.NUMBER, Argument.TEXT}:
            assert offered(f"{command.word} "), command.word


def test_an_owner_or_a_tag_that_was_made_to_be_hard_to_match_costs_nothing() -> None:
    began = time.process_time()
    assert likeness("a" * 40 + "b", "a a " * 100) == 0
    assert ranked("ab" * 20, ["ab " * 60] * 200, lambda text: (text,))
    assert time.process_time() - began < 1


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=60)
    | st.sampled_from(["sort ", "tab ", "search ", "tag ,"]).flatmap(lambda head: st.text().map(head.__add__))
)
def test_any_text_is_read_and_nothing_is_offered_that_would_be_read_as_something_else(typed: str) -> None:
    found = reading(typed)
    assert found.meant is not None or found.fault or found.offers or not typed.strip()
    for offer in found.offers[:20]:
        again = reading(offer.text).meant
        if offer.argument and not offer.argument.endswith(":") and again is not None:
            assert again.command is offer.command
