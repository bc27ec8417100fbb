"""Memory is freed while the operator rests, and only when there is something to free."""

from __future__ import annotations

import pytest

from orders_tui.garbage_collection import GROWN, IDLE_S, IdleCollector


@pytest.mark.parametrize(
    ("rested_s", "grown", "collects"),
    [(IDLE_S, GROWN, 1), (IDLE_S - 0.1, GROWN, 0), (IDLE_S, GROWN - 1, 0)],
    ids=["rested", "at work", "nothing to free"],
)
def test_memory_is_freed_while_the_operator_rests(rested_s: float, grown: int, collects: int) -> None:
    now, collected = [100.0], list[None]()
    collector = IdleCollector(lambda: now[0], lambda: collected.append(None), lambda: grown)
    now[0] += IDLE_S
    collector.active(now[0])
    now[0] += rested_s
    collector.collect_if_idle()
    assert len(collected) == collects
