"""The simulated world knows nothing of the server: it could not cheat if it wanted to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import orders_demo

FOLDER = Path(next(iter(orders_demo.__path__)))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_the_demo_imports_nothing_else_of_the_project() -> None:
    ours = {name for path in FOLDER.rglob("*.py") for name in _imports(path) if name.startswith("orders_")}
    assert [name for name in sorted(ours) if name != "orders_demo" and not name.startswith("orders_demo.")] == []
