"""Reading what somebody else wrote: a clean value, or the reason why the body cannot be read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders_sync.evidence.json_fields import Node, Unreadable, identity, read_json
from orders_sync.evidence.money import money, written
from orders_sync.ingest.normalise import topics
from orders_sync.instants import Ms, parse_instant


def _node(**fields: Any) -> Node:
    return Node(fields, "body")


@pytest.mark.parametrize(
    "value", [820982911946154508, "820982911946154508", "gid://shopify/Order/820982911946154508", 2**63 - 1]
)
def test_ids_beyond_2_to_the_53_stay_exact(value: object) -> None:
    assert identity(value, "id") in (820982911946154508, 2**63 - 1)


@pytest.mark.parametrize(
    "value", [2**63, "9" * 20, 1.5, 8.2e17, True, 0, -1, "", "abc", "gid://shopify/Order/", {}, []]
)
def test_what_is_no_id_of_64_bits_cannot_be_read(value: object) -> None:
    with pytest.raises(Unreadable, match="id"):
        identity(value, "id")


def test_an_id_with_a_query_is_the_id() -> None:
    assert identity("gid://shopify/InventoryLevel/24826418?inventory_item_id=2718", "id") == 24826418


@pytest.mark.parametrize(
    "text",
    ["2025-09-27T18:30:00Z", "2025-09-27T14:30:00-04:00", "2025-09-28T00:15:00+05:45", "2025-09-27T18:30:00.000Z"],
)
def test_instants_have_any_offset(text: str) -> None:
    assert _node(at=text).instant("at") == parse_instant("2025-09-27T18:30:00Z")


@pytest.mark.parametrize(
    "value", ["2025-09-27T18:30:00", "yesterday", 1727461800, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_an_instant_without_an_offset_or_out_of_reach_cannot_be_read(value: object) -> None:
    with pytest.raises(Unreadable, match=r"body\.at"):
        _node(at=value).instant("at")


def test_null_and_missing_are_null() -> None:
    node = _node(a=None)
    assert (node.id("a", "b"), node.text("a"), node.instant("a"), node.node("a"), node.nodes("b")) == (None,) * 4 + (
        [],
    )
    assert node.has("a")
    assert not node.has("b")


def test_an_empty_text_is_none_and_a_number_its_digits() -> None:
    assert (_node(a="").text("a"), _node(a=96500).text("a"), _node(a=True).text("a")) == (None, "96500", None)


def test_nul_and_lone_surrogates_do_not_reach_a_database() -> None:
    node = read_json(b'{"note": "a\\u0000b\\ud800c"}')
    assert node.text("note") == "a\ufffdb\ufffdc"


def test_a_body_that_is_no_object_cannot_be_read() -> None:
    for raw in (b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"a":' * 5000):
        with pytest.raises(Unreadable):
            read_json(raw)


def test_php_writes_an_empty_object_as_a_list() -> None:
    assert _node(customer=[]).node("customer") is None
    assert _node(lines={}).nodes("lines") == []


def test_the_wrong_kind_says_where() -> None:
    with pytest.raises(Unreadable, match=r"body\.customer is no object but text"):
        _node(customer="Ada").node("customer")
    with pytest.raises(Unreadable, match=r"body\.lines\[1\] is no object but a number"):
        _node(lines=[{}, 3]).nodes("lines")


def test_tags_are_a_list_or_a_text_with_commas() -> None:
    assert _node(tags=" vip , Noël,,").words("tags") == ("vip", "Noël")
    assert _node(tags=["a", " b "]).words("tags") == ("a", "b")
    assert _node(tags=None).words("tags") == ()


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "text"),
    [
        ("598.94", "USD", 59894, "598.94"),
        ("10.0", "USD", 1000, "10.00"),
        (89.99, "USD", 8999, "89.99"),
        ("1200", "JPY", 120000, "1200"),
        ("1200.0", "JPY", 120000, "1200"),
        ("1.234", "KWD", 123, "1.234"),
        ("1.5", "KWD", 150, "1.500"),
        ("0.005", "USD", 1, "0.005"),
        ("-3.10", "EUR", -310, "-3.10"),
    ],
)
def test_money_is_hundredths_and_keeps_the_shops_decimals(amount: Any, currency: str, minor: int, text: str) -> None:
    part = money(amount, currency)
    assert (part.hundredths, part.currency, written(part)) == (minor, currency, text)


def test_equal_numbers_keep_their_own_decimals_whichever_came_first() -> None:
    written = ["1.50", "1.500", "1.50"]
    assert [money(Decimal(each), "KWD").text for each in written] == written


@pytest.mark.parametrize("amount", ["", "ten", "NaN", "Infinity", "1e400", 10**20])
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money(amount, "USD")


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=2)
)
def test_two_decimals_are_exact(value: Decimal) -> None:
    part = money(str(value), "EUR")
    assert Decimal(part.hundredths) / 100 == value
    assert Decimal(written(part)) == value


def test_what_the_shop_gets_counts_before_what_the_buyer_sees() -> None:
    buyers = {"presentment_money": {"amount": "3000", "currency_code": "JPY"}}
    shops = {"shop_money": {"amount": "20.50", "currency_code": "EUR"}}
    node = Node({"amount": "3000", "amount_set": {**buyers, **shops}}, "body")
    assert node.money("amount", "JPY") == money("20.50", "EUR")
    assert Node({"amount": "3000", "amount_set": buyers}, "body").money("amount", "JPY") == money("3000", "JPY")


def test_an_amount_without_a_currency_is_in_none() -> None:
    assert money("1.00", None).currency == "XXX"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_names = [
    "id order_id name created_at updated_at line_items fulfillments refunds customer tags total_price currency",
    "shipping_address fulfillment_order fulfillment_hold status reason return shipping_deliverable available",
    "inventory_item_id location_id fulfillment_id happened_at transactions orders_to_redact order_edit amount",
]
_bodies = st.dictionaries(st.sampled_from(" ".join(_names).split()), _json, max_size=8)
_topics = [
    "orders/create orders/edited orders/delete order_transactions/create fulfillments/update fulfillment_events/create",
    "fulfillment_orders/placed_on_hold fulfillment_orders/moved fulfillment_orders/merged fulfillment_holds/added",
    "refunds/create returns/request returns/update reverse_deliveries/attach_deliverable inventory_levels/update",
    "inventory_items/update disputes/create customers/redact shop/redact app/uninstalled unheard/of",
]


@given(st.sampled_from(" ".join(_topics).split()), _bodies)
def test_whatever_comes_is_read_or_unreadable(topic: str, body: dict[str, Any]) -> None:
    try:
        found = topics.read(topic, Node(orjson.loads(orjson.dumps(body, default=str)), "body"), Ms(0))
    except (Unreadable, orjson.JSONEncodeError):
        return
    assert isinstance(found, tuple)
