"""Memory is swept while the operator rests, and only when there is something to sweep."""

from __future__ import annotations

import pytest

from orders_tui.sweeping import GROWN, REST_S, Sweeping


@pytest.mark.parametrize(
    ("rested_s", "grown", "sweeps"),
    [(REST_S, GROWN, 1), (REST_S - 0.1, GROWN, 0), (REST_S, GROWN - 1, 0)],
    ids=["rested", "at work", "nothing to sweep"],
)
def test_it_is_swept_while_the_operator_rests(rested_s: float, grown: int, sweeps: int) -> None:
    now, swept = [100.0], list[None]()
    sweeping = Sweeping(lambda: now[0], lambda: swept.append(None), lambda: grown)
    now[0] += REST_S
    sweeping.used(now[0])
    now[0] += rested_s
    sweeping.look()
    assert len(swept) == sweeps
