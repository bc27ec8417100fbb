"""Dashboard and alert rules of `deploy/` ask for metrics, labels and values that `/prometheus` has; every metric is on show."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client import CollectorRegistry

from orders_sync.metrics import Metrics
from orders_wire.vocabulary import DeadLetterState, OutboundState, Tab

ROOT = Path(__file__).parents[2]
PROMETHEUS_GIVES = {"job", "instance", "le"}
VALUES: dict[tuple[str, str], Collection[str]] = {
    ("orders_sync_outbox", "state"): set(OutboundState),
    ("orders_sync_dead_letters", "state"): set(DeadLetterState),
    ("orders_sync_orders", "tab"): set(Tab),
    ("orders_sync_database_waiting", "what"): {"reads", "writes"},
}


def labels() -> dict[str, set[str]]:
    """The labels of every series, by the name under which Prometheus knows it."""
    registry: CollectorRegistry = Metrics().registry
    found: dict[str, set[str]] = {"up": set()}
    for collector, names in registry._collector_to_names.items():
        own = {*collector._labelnames}  # type: ignore[attr-defined]
        found |= {name: own for name in names if not name.endswith("_created")}
    return {name: own for name, own in found.items() if not {f"{name}_total", f"{name}_bucket"} & found.keys()}


def dashboard() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "deploy/grafana.json").read_text("utf-8"))
    return read


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (each["expr"] for panel in panels() for each in panel["targets"])


def selectors(expression: str) -> list[tuple[str, dict[str, str]]]:
    """What an expression asks for, as a dashboard or a rule writes it: names of series, each with the labels it wants."""
    found: list[tuple[str, dict[str, str]]] = []

    def visit(node: promql_parser.Expr) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            found.append((str(node.name), {each.name: str(each.value) for each in node.matchers.matchers}))
        return True

    promql_parser.walk(promql_parser.parse(expression.replace("$__rate_interval", "5m")), visit)
    return found


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_an_expression_asks_for_what_there_is(expression: str) -> None:
    known = labels()
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"\bby \(([^)]*)\)", expression))))
    asked = selectors(expression)
    assert asked
    for name, wanted in asked:
        assert name in known
        allowed = known[name] | PROMETHEUS_GIVES
        assert wanted.keys() <= allowed
        assert all(value in VALUES[name, label] for label, value in wanted.items() if (name, label) in VALUES)
        assert grouped <= allowed


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {name for panel in panels() for each in panel["targets"] for name, _ in selectors(each["expr"])}
    missing = labels().keys() - shown - {"up", "orders_sync_request_seconds_sum", "orders_sync_request_seconds_count"}
    assert missing == set()


def test_panels_have_ids_of_their_own_and_do_not_cover_each_other() -> None:
    every = dashboard()["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    cells = [(x, y) for panel in every for x, y in _cells(panel["gridPos"])]
    assert len(set(cells)) == len(cells)
    assert all(panel["description"] for panel in panels())


def _cells(at: dict[str, int]) -> Iterator[tuple[int, int]]:
    assert at["x"] + at["w"] <= 24
    return ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"]))


def test_a_rule_says_how_bad_it_is_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert rule["for"]
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"].keys() == {"summary", "description"}
        unknown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) - set(
            re.findall(r"\w+", rule["expr"])
        )
        assert unknown <= {"instance"}


def test_what_is_bad_by_the_page_has_a_rule() -> None:
    """Every metric of the table in docs/operations.md is watched, but those that say what the shop is like."""
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(orders_sync_\w+)", page, re.MULTILINE)) - {
        "orders_sync_alerts",
        "orders_sync_streams",
    }
    watched = {name.removesuffix("_bucket") for rule in rules() for name, _ in selectors(rule["expr"])}
    assert told - watched == set()
