"""Facts join like sets: the law on which "any order, any repetition" rests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orders_sync.evidence.facts import DELETED, REDACTED, Fields, Layer, OrderFacts, dump, flatten, join, load

_names = st.sampled_from(["name", "email", "total"])
_values = st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["a", "b"]))
_fields = st.dictionaries(_names, _values, min_size=1, max_size=3)


@st.composite
def tellings(draw: st.DrawFn) -> OrderFacts:
    """One small telling: a layer whose digest stands for its content, as evidence makes it."""
    fields: Fields = dict(draw(_fields))
    layer = Layer(draw(st.integers(0, 2)), draw(st.integers(0, 2)), str(sorted(fields.items(), key=str)), fields)
    first = draw(
        st.dictionaries(
            st.sampled_from(["payment", REDACTED]), st.dictionaries(st.just("1"), st.integers(0, 3), min_size=1)
        )
    )
    instants = {"held": {"1": (draw(st.integers(0, 3)),)}}
    kind = draw(st.sampled_from(["order", "fulfillment"]))
    return OrderFacts({kind: {"": (layer,)}}, first, instants)


@given(tellings(), tellings())
def test_joining_does_not_depend_on_the_order(a: OrderFacts, b: OrderFacts) -> None:
    assert dump(join(a, b)) == dump(join(b, a))


@given(tellings(), tellings(), tellings())
def test_joining_does_not_depend_on_the_grouping(a: OrderFacts, b: OrderFacts, c: OrderFacts) -> None:
    assert dump(join(join(a, b), c)) == dump(join(a, join(b, c))) == dump(join(a, b, c))


@given(tellings(), tellings())
def test_joining_again_adds_nothing(a: OrderFacts, b: OrderFacts) -> None:
    both = join(a, b)
    assert join(both, a) == both
    assert join(both, both) == both


@given(tellings(), tellings())
def test_stored_facts_read_back_as_they_were(a: OrderFacts, b: OrderFacts) -> None:
    both = join(a, b)
    assert load(dump(both)) == both


def _order(at: int, **fields: str | None) -> OrderFacts:
    return OrderFacts({"order": {"": (Layer(at, at, str(fields), dict(fields)),)}})


def test_a_field_that_was_not_told_stays_as_known() -> None:
    facts = join(_order(1, name="#1", email="a@b"), _order(2, name="#2"))
    assert facts.fields("order") == {"name": "#2", "email": "a@b"}
    assert facts.at("order", "name") == 2
    assert facts.at("order", "email") == 1


def test_null_is_told_and_replaces() -> None:
    assert flatten(join(_order(1, email="a@b"), _order(2, email=None)).reported["order"][""]) == {"email": None}


def test_an_older_telling_fills_what_newer_ones_left_open() -> None:
    facts = join(_order(3, name="#3"), _order(1, name="#1", email="a@b"))
    assert facts.fields("order") == {"name": "#3", "email": "a@b"}


def test_a_deleted_order_keeps_nothing_else() -> None:
    facts = join(_order(1, name="#1"), OrderFacts(first={DELETED: {"": 5}}), _order(9, name="#1"))
    assert facts == OrderFacts(first={DELETED: {"": 5}})
    assert facts.deleted


def test_a_redacted_order_takes_no_personal_field_any_more() -> None:
    facts = join(OrderFacts(first={REDACTED: {"": 5}}), _order(9, name="#1", email="a@b", note="call me"))
    assert facts.fields("order") == {"name": "#1", "email": None, "note": None}
