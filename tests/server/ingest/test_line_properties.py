"""What customers chose for a line, however they wrote it, and how much of it is kept; variants and barcodes beside it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.rules.order_states import facts, order_state, placed
from tests.support import shop_bodies as shop
from tests.support import shopify

from orders_sync.evidence.changes import Change
from orders_sync.evidence.json_fields import MOST_NAME
from orders_sync.evidence.line_properties import LONGEST_NAME, LONGEST_VALUE, MOST, MOST_OF_ORDER
from orders_sync.external.shopify import nodes
from orders_sync.external.shopify.order_changes import OrderRead, changes
from orders_sync.rules.detail import describe
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_wire.detail import LineItem


def lines(*told_by: tuple[Change, ...]) -> list[LineItem]:
    found = describe(1, facts(*told_by), OperatorState(), {}, Thresholds())
    assert found is not None
    return found.line_items


def told(*properties: object, **fields: Any) -> tuple[Change, ...]:
    return placed("10:00", line_items=[shop.line(1, properties=list(properties), **fields)])


def polled(at: str = "2026-03-10T09:00:00Z", **fields: Any) -> tuple[Change, ...]:
    node = shopify.order(1, updatedAt=at, lineItems=shopify.page([shopify.line(1, **fields)]))
    return changes(OrderRead(nodes.Order.model_validate(node), shopify.AS_OF))


def pairs(*told_by: tuple[Change, ...]) -> list[tuple[str, str]]:
    (line,) = lines(*told_by)
    return [(each.name, each.value) for each in line.properties]


ENGRAVED = {"name": "Engraving", "value": "Für Opa"}


def test_a_webhook_and_a_poll_tell_the_same_of_a_line() -> None:
    own = {"name": "_bundle", "value": "7"}
    (heard,) = lines(told(ENGRAVED, own, title="Kettle", variant_title="Black", sku="K", quantity=2))
    attributes = [{"key": each["name"], "value": each["value"]} for each in (ENGRAVED, own)]
    (read,) = lines(polled(customAttributes=attributes, variantTitle="Black", sku="K"))
    shown = ("title", "variant_title", "properties", "sku", "quantity", "barcode")
    assert [getattr(heard, name) for name in shown] == [getattr(read, name) for name in shown]
    assert [(each.name, each.value) for each in heard.properties] == [("Engraving", "Für Opa"), ("_bundle", "7")]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ([], []),
        ({}, []),
        (None, []),
        ("none", []),
        ([None, 7, "x", [], {}], []),
        ({"Size": " L "}, [("Size", "L")]),
        ([{"name": "Size", "value": " \u200b "}, {"name": "  ", "value": "L"}, {"name": None, "value": "L"}], []),
        ([{"name": "Letters", "value": 3}, {"name": "Wrap", "value": True}], [("Letters", "3"), ("Wrap", "true")]),
        ([{"name": "Parts", "value": ["a", "b"]}, {"name": "None", "value": None}], []),
        ([{"name": "Odd", "value": "a\x00b"}], [("Odd", "a\ufffdb")]),
    ],
)
def test_whatever_stands_there_sets_no_order_aside(written: object, kept: list[tuple[str, str]]) -> None:
    assert pairs(placed("10:00", line_items=[shop.line(1, properties=written)])) == kept


def test_both_ways_in_keep_as_much_of_it() -> None:
    long = {"name": "n" * 9_000, "value": "v" * 90_000}
    (kept,) = pairs(told(long))
    assert (len(kept[0]), len(kept[1])) == (LONGEST_NAME, LONGEST_VALUE)
    assert pairs(polled(customAttributes=[{"key": long["name"], "value": long["value"]}])) == [kept]
    assert len(pairs(told(*({"name": f"n{n}", "value": "v"} for n in range(500))))) == MOST


def test_the_properties_of_an_order_are_bounded_together() -> None:
    many = [{"name": f"n{n}", "value": "v" * LONGEST_VALUE} for n in range(MOST)]
    body = [shop.line(number, properties=many) for number in range(1, 21)]
    kept = [each for line in lines(placed("10:00", line_items=body)) for each in line.properties]
    assert 0 < sum(len(each.name) + len(each.value) for each in kept) <= MOST_OF_ORDER
    assert len(lines(placed("10:00", line_items=body))) == 20


def test_both_ways_in_keep_as_much_of_a_line_s_own_words() -> None:
    long = {"sku": "s" * 900, "title": "t" * 900}
    (heard,), (read,) = lines(told(**long, variant_title="v" * 900)), lines(polled(**long, variantTitle="v" * 900))
    shown = ("sku", "title", "variant_title")
    assert [getattr(heard, name) for name in shown] == [getattr(read, name) for name in shown]
    assert heard.variant_title == "v" * MOST_NAME
    assert barcode(polled(variant={"barcode": "7" * 900})) == "7" * MOST_NAME


def barcode(*told_by: tuple[Change, ...]) -> str | None:
    (line,) = lines(*told_by)
    return line.barcode


def test_a_barcode_is_told_by_the_poll_alone_and_stays_until_it_tells_another() -> None:
    first = polled(variant={"barcode": "4006381333931"})
    assert (barcode(told()), barcode(first), barcode(first, told())) == (None, "4006381333931", "4006381333931")
    later = "2026-03-10T11:00:00Z"
    assert barcode(first, told(), polled(later, variant={"barcode": "96385074"})) == "96385074"
    assert barcode(first, polled(later, variant={"barcode": None})) is None
    assert barcode(first, polled(later, variant=None)) is None


def test_who_may_not_read_products_reads_the_lines_and_knows_no_barcode() -> None:
    first = polled(variant={"barcode": "4006381333931"})
    hidden = polled("2026-03-10T11:00:00Z", title="Teapot", variant=None, **{nodes.HIDDEN: ["variant"]})
    (line,) = lines(first, hidden)
    assert (line.title, line.barcode) == ("Teapot", "4006381333931")
    assert order_state(hidden).order.lines[0].title == "Teapot"


def test_a_product_without_variants_has_none() -> None:
    (heard,), (read,) = lines(told(variant_title="Default Title")), lines(polled(variantTitle="Default Title"))
    assert (heard.variant_title, read.variant_title) == (None, None)
