"""Every document that is sent to the shop is one that the real schema takes, and costs what a shop allows."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from graphql.validation import NoDeprecatedCustomRule, specified_rules
from tests.server.shopify.selections import Listed, fields_that_take_first, lists
from tests.support.shopify import DOCUMENTS

from orders_demo.admin.cost import requested
from orders_demo.admin.schema import executable
from orders_sync.external.shopify import read_documents
from orders_sync.external.shopify.documents import API_VERSION, MOST_AT_ONCE, Document, TruncatedList
from orders_sync.external.shopify.pagination import AIM_POINTS


@cache
def _schema(path: Path) -> GraphQLSchema:
    return build_schema(gzip.decompress(path.read_bytes()).decode(), assume_valid=True)


def test_names_are_the_operations_and_are_not_shared() -> None:
    names = [document.name for document in DOCUMENTS]
    assert len(set(names)) == len(names)
    assert all(f" {document.name}" in document.text for document in DOCUMENTS)


@pytest.mark.shared
def test_every_document_is_valid_and_uses_nothing_deprecated(shared_dir: Path) -> None:
    schema = _schema(shared_dir / "shopify" / "schema" / f"admin-{API_VERSION}.full.graphql.gz")
    rules = [*specified_rules, NoDeprecatedCustomRule]

    def problems(document: Document) -> list[str]:
        return [error.message for error in validate(schema, parse(document.text), rules)]

    assert {document.name: found for document in DOCUMENTS if (found := problems(document))} == {}


RESTS = {cut.rest.name for document in DOCUMENTS for cut in document.lists}


def _inside(document: Document, listed: Listed) -> tuple[str, ...]:
    """Where a list stands in the objects of its document."""
    at = tuple(name for name in document.at if name != "nodes") or document.at
    return listed.path[len(at) :]


def _way_to_its_end(document: Document, listed: Listed) -> str | None:
    """What is wrong with a list that a document asks for; null when it is read to its end."""
    if listed.connection and not listed.info >= {"hasNextPage", "endCursor"}:
        return "is a connection whose pageInfo is not asked for"
    if listed.after or (not listed.connection and listed.first == MOST_AT_ONCE):
        return (
            None  # a page among others; or as many as can be asked for: who reads those refuses a list that is as long
        )
    if document.name in RESTS:
        users = [(user, cut) for user in DOCUMENTS for cut in user.lists if cut.rest is document]
        inner = _inside(document, listed)[1:]
        there = all(any(other.path == (*cut.path, *inner) for other in user.lists) for user, cut in users)
        return None if there else "is inside the rest of a list, and not read to its end by those that use it"
    found = [cut for cut in document.lists if cut.path == _inside(document, listed)]
    if not found:
        return "is cut short, and nothing reads its rest"
    return _differs(listed, found[0])


def _differs(listed: Listed, cut: TruncatedList) -> str | None:
    (rest,) = (other for other in lists(cut.rest) if other.path[-1] == listed.path[-1] and len(other.path) == 2)
    if rest.parts != listed.parts:
        return f"is read on with other fields: {sorted(rest.parts ^ listed.parts)}"
    if cut.first != (None if listed.connection else listed.first):
        return f"is asked for {listed.first}, and known as cut at {cut.first}"
    whole = rest.after if listed.connection else rest.first == MOST_AT_ONCE
    return None if whole else "is read on by a document that does not lead to its end"


def _price(document: Document, **variables: Any) -> int:
    parsed = parse(document.text)
    node = next(entry for entry in parsed.definitions if isinstance(entry, OperationDefinitionNode))
    return requested(executable(), parsed, node, variables)


def test_a_page_of_orders_is_as_long_as_the_shop_has_them() -> None:
    """By the formula that live recordings follow; ids are asked for eight at a time until the shop says what they cost."""
    whole = _price(read_documents.ORDERS_PAGE, first=MOST_AT_ONCE, sortKey="UPDATED_AT", reverse=False)
    assert whole <= AIM_POINTS
    assert 8 * _price(read_documents.ORDERS, ids=["one"]) <= AIM_POINTS


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_list_is_read_to_its_end(document: Document) -> None:
    wrong = {".".join(one.path): why for one in lists(document) if (why := _way_to_its_end(document, one))}
    assert wrong == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_list_that_a_document_names_is_in_it_and_outer_ones_come_first(document: Document) -> None:
    there = {_inside(document, one) for one in lists(document)}
    paths = [cut.path for cut in document.lists]
    assert set(paths) <= there
    for place, path in enumerate(paths):
        assert not any(path == later[: len(path)] for later in paths[:place])


@pytest.mark.shared
def test_every_field_that_may_be_cut_short_says_how_many_it_asks_for(shared_dir: Path) -> None:
    schema = _schema(shared_dir / "shopify" / "schema" / f"admin-{API_VERSION}.full.graphql.gz")
    for document in DOCUMENTS:
        takes = fields_that_take_first(document, schema)
        assert [name for name, given in takes if not given] == [], document.name
        assert sorted(name for name, _ in takes) == sorted(_spelled(document)), document.name


def _spelled(document: Document) -> list[str]:
    """Each list as often as it stands in the document's text."""
    return [match[1] for match in re.finditer(r"(\w+)\((?:\w+: [^,)]+, )*first: ", document.text)]
