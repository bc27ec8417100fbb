"""Every document that is sent to the shop is one that the real schema takes, and costs what a shop allows."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate
from graphql.validation import NoDeprecatedCustomRule, specified_rules

from orders_sync.external.shopify import documents
from orders_sync.external.shopify.documents import Document


@cache
def _schema(path: Path) -> GraphQLSchema:
    return build_schema(gzip.decompress(path.read_bytes()).decode(), assume_valid=True)


def test_names_are_the_operations_and_are_not_shared() -> None:
    names = [document.name for document in documents.ALL]
    assert len(set(names)) == len(names)
    assert all(f" {document.name}" in document.text for document in documents.ALL)


@pytest.mark.shared
def test_every_document_is_valid_and_uses_nothing_deprecated(shared_dir: Path) -> None:
    schema = _schema(shared_dir / "shopify" / "schema" / f"admin-{documents.API_VERSION}.full.graphql.gz")
    rules = [*specified_rules, NoDeprecatedCustomRule]

    def problems(document: Document) -> list[str]:
        return [error.message for error in validate(schema, parse(document.text), rules)]

    assert {document.name: found for document in documents.ALL if (found := problems(document))} == {}
