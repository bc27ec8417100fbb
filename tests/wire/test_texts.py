"""What is blank, and what a search takes for the same (contract §1)."""

from __future__ import annotations

import sys
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders_wire.actions import AssignBody, FulfillBody, InventoryBody, SupportBody, UndoBody
from orders_wire.texts import folded, trimmed, words

UNSEEN = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
BLANKS = ["", " ", "\t\r\n", "\u00a0", "\u2003\u3000", "\u2028", "\x85", *UNSEEN, f" \u00a0{''.join(UNSEEN)}\n"]


def test_every_white_space_of_unicode_is_blank() -> None:
    spaces = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()]
    assert [char for char in (*spaces, *UNSEEN) if trimmed(char) is not None] == []


@pytest.mark.parametrize("blank", BLANKS)
def test_blank_is_null_and_other_text_is_trimmed(blank: str) -> None:
    assert trimmed(blank) is None
    assert trimmed(f"{blank}#7002 a{blank}") == "#7002 a"


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("José", "jose\u0301"),
        ("José", "JOSE"),
        ("İstanbul", "istanbul"),
        ("Istanbul", "ıstanbul"),
        ("O’Brien", "o'brien"),
        ("O'Brien", "O´BRIEN"),
        ("O＇Brien", "oʼbrien"),
        ("Jean‑Luc", "jean-luc"),
        ("Jean-Luc", "Jean–Luc"),
        ("#4711", "＃４７１１"),
        ("Łódź", "lodz"),
        ("Søren Ægir", "SOREN AEGIR"),
        ("Đorđe Œuvre", "dorde oeuvre"),
        ("Straße", "STRASSE"),
        ("Μάρκος", "μαρκοσ"),
        ("ﬁne", "FINE"),
        ("한글", "한글"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_what_people_take_for_the_same_is_folded_alike(written: str, typed: str) -> None:
    assert folded(written) == folded(typed)


UNASSIGNED = ("Cn", "Co", "Cs")
"""The categories of what is no character: nine of ten code points, all alike."""


def test_folding_once_is_enough_for_every_character() -> None:
    chars = [char for char in map(chr, range(sys.maxunicode + 1)) if category(char) not in UNASSIGNED]
    once = {char: folded(char) for char in (*chars, "\u0378", "\ue000", "\U0010fffd")}
    assert [char for char, text in once.items() if text.casefold() != text] == []
    assert [char for char, text in once.items() if text != char and folded(text) != text] == []


@given(st.text())
def test_folding_is_idempotent_and_blind_to_case(text: str) -> None:
    assert folded(folded(text)) == folded(text) == folded(text.lower())


def test_words_are_folded_and_each_stands_once() -> None:
    assert words(" José\u00a0JOSE \u200b４７ ") == ["jose", "47"]


@pytest.mark.parametrize("blank", BLANKS)
def test_an_operators_blank_text_is_null(blank: str) -> None:
    told = SupportBody.model_validate(
        {"orderId": "#7002 ", "conversationId": blank, "note": blank, "shop_domain": blank}
    )
    assert (told.order_id, told.conversation_id, told.note, told.shop_domain) == ("#7002 ", None, None, None)
    given_number = {"number": f"{blank}1Z{blank}", "carrier": blank}
    tracking = FulfillBody.model_validate({"orderIds": ["1"], "tracking": given_number}).tracking
    assert tracking is not None
    assert (tracking.number, tracking.carrier) == ("1Z", None)


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(
    ("model", "body", "field"),
    [
        (AssignBody, {"orderIds": ["1"]}, "assignee"),
        (InventoryBody, {}, "sku"),
        (UndoBody, {}, "actionId"),
    ],
)
def test_what_is_needed_and_blank_is_named(
    model: type[AssignBody], body: dict[str, object], field: str, blank: str
) -> None:
    with pytest.raises(ValueError, match=field):
        model.model_validate({**body, field: blank})
