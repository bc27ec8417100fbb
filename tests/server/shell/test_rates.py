"""How often one token may ask: docs/design.md, Trust."""

from __future__ import annotations

from tests.server.shell.test_auth import bearer, serving, tokens

from orders_sync.http.auth import Tokens
from orders_sync.http.rate_limit import Rates


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Seconds()
    rates = Rates(clock, per_s=2, burst=3)
    assert [rates.wait_s("bo") for _ in range(4)] == [0, 0, 0, 0.5]
    clock.now += 0.5
    assert [rates.wait_s("bo"), rates.wait_s("bo")] == [0, 0.5]
    clock.now += 1000
    assert [rates.wait_s("bo") for _ in range(4)] == [0, 0, 0, 0.5]


def test_one_caller_costs_another_nothing() -> None:
    rates = Rates(Seconds(), per_s=1, burst=1)
    assert (rates.wait_s("bo"), rates.wait_s("ada")) == (0, 0)


async def test_too_many_requests_with_a_token_are_refused_with_a_time_to_wait() -> None:
    async with serving(Tokens(tokens().callers, Rates(Seconds(), per_s=0.25, burst=1))) as client:
        assert (await client.get("/sync/me", headers=bearer("op-1"))).status == 200
        refused = await client.get("/sync/me", headers=bearer("op-1"))
        assert (refused.status, (await refused.json())["code"]) == (429, "rate_limited")
        assert refused.headers["Retry-After"] == "4"
        assert (await client.get("/sync/me", headers=bearer("lead-1"))).status == 200
        assert (await client.get("/health")).status == 200
