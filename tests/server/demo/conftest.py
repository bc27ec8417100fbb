"""A shop with its past, made once and only read; a fresh world for tests that change something."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema
from tests.server.demo.worlds import NOW, World, make

from orders_demo.history.past import Past, build
from orders_demo.identity import DOMAIN


@pytest.fixture(scope="session")
def past() -> Past:
    """2,000 orders; read only."""
    return build(2000, 7, NOW, DOMAIN)


@pytest.fixture
def world() -> World:
    """A fresh simulation with 260 orders: every story is in it."""
    return make(260)


@pytest.fixture(scope="session")
def library() -> World:
    """The same, made once: for tests that only read."""
    return make(260)


@pytest.fixture(scope="session")
def real_schema(shared_dir: Path) -> GraphQLSchema:
    """Shopify's own schema of Admin API 2026-07."""
    packed = shared_dir / "shopify" / "schema" / "admin-2026-07.full.graphql.gz"
    return build_schema(gzip.decompress(packed.read_bytes()).decode(), assume_valid=True)
