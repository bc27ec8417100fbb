"""The import contracts leave nobody out: a new package is under them from its first file. `.ci/run` checks the imports."""

from __future__ import annotations

import tomllib

import pytest
from tests.conftest import ROOT

CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}

SCREEN = {"app", "screens", "widgets", "dialogs"}


def packages(folder: str) -> set[str]:
    return {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}


def under(contract: str, package: str) -> set[str]:
    sources: list[str] = CONTRACTS[contract]["source_modules"]
    return {name.removeprefix(f"{package}.") for name in sources}


def test_sql_is_forbidden_to_all_of_the_server_but_the_databases_package() -> None:
    modules = {path.stem for path in (ROOT / "server/orders_sync").glob("*.py")} - {"__init__"}
    everything = packages("server/orders_sync") | modules
    assert everything - {"db"} == under("SQL stays in the database package", "orders_sync")


def test_what_is_no_screen_knows_no_screen() -> None:
    assert {"api", "feed", "store", "session", "query"} <= under(
        "What the client knows, it knows without a screen", "orders_tui"
    )
    assert not under("What the client knows, it knows without a screen", "orders_tui") & SCREEN


def test_rules_are_pure_and_the_two_sides_share_the_wire_alone() -> None:
    assert under("Rules and evidence are pure", "orders_sync") == {"rules", "evidence"}
    assert CONTRACTS["Client and server share the wire and nothing else"]["modules"] == ["orders_tui", "orders_sync"]


@pytest.mark.parametrize("package", ["orders_wire", "orders_tui", "orders_sync", "orders_demo"])
def test_each_package_stands_in_layers_with_no_exception(package: str) -> None:
    (layers,) = [c for c in CONTRACTS.values() if c["type"] == "layers" and c["containers"] == [package]]
    assert layers["exhaustive"]
    assert not any("ignore_imports" in contract for contract in CONTRACTS.values())
    assert not any(":" in layer for layer in layers["layers"])
