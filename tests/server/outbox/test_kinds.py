"""Every kind of row has somebody who sends it, an effect of its failure, and a name for people."""

from __future__ import annotations

import pytest

from orders_sync.external.shopify.sender import METAFIELD_KEYS, WRITES
from orders_sync.outbox.kinds import METAFIELDS, Kind, Shown, Target
from orders_sync.relay.taken_back import TAKEN_BACK
from orders_sync.rules.integration_failed import what


def test_each_kind_for_shopify_is_a_write_or_a_metafield_and_no_other_is() -> None:
    assert METAFIELD_KEYS.keys() == METAFIELDS
    assert not WRITES.keys() & METAFIELDS
    assert WRITES.keys() | METAFIELDS == {kind for kind in Kind if kind.target is Target.SHOPIFY}


@pytest.mark.parametrize("kind", Kind)
def test_what_a_kind_shows_before_it_left_is_taken_back_when_it_fails(kind: Kind) -> None:
    assert kind.shown in TAKEN_BACK
    assert kind.subject is None or kind.shown is not Shown.NOTHING


@pytest.mark.parametrize("kind", Kind)
def test_people_have_a_word_for_it(kind: Kind) -> None:
    assert what(kind) != kind


def test_a_kind_is_the_text_that_is_stored() -> None:
    assert Kind("return_deny") is Kind.RETURN_DENY
    assert f"{Kind.HOLD}" == Kind.HOLD.value == "hold"
