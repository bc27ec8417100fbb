"""One process holds thousands of streams: it takes as many open files as its user may have, and says when they are few."""

from __future__ import annotations

import resource
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from orders_sync.serving import FEW, WANTED, raise_file_limit

Limits = tuple[int, int]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], list[Limits]]:
    """Makes the system have these limits, soft and hard; gives what is set."""

    def having(soft: int, hard: int) -> list[Limits]:
        put: list[Limits] = []
        monkeypatch.setattr(resource, "getrlimit", lambda _kind: (soft, hard))
        monkeypatch.setattr(resource, "setrlimit", lambda _kind, given: put.append(given))
        return put

    return having


def test_the_soft_limit_is_raised_to_what_is_wanted(limits: Callable[[int, int], list[Limits]]) -> None:
    put = limits(1024, 1_000_000)
    with capture_logs() as logs:
        assert raise_file_limit() == WANTED
    assert (put, logs) == ([(WANTED, 1_000_000)], [])


def test_a_limit_that_is_high_is_left_alone(limits: Callable[[int, int], list[Limits]]) -> None:
    put = limits(WANTED, resource.RLIM_INFINITY)
    assert raise_file_limit() == WANTED
    assert put == []


def test_a_low_hard_limit_is_said(limits: Callable[[int, int], list[Limits]]) -> None:
    put = limits(1024, FEW - 1)
    with capture_logs() as logs:
        assert raise_file_limit() == FEW - 1
    assert put == [(FEW - 1, FEW - 1)]
    assert [(entry["limit"], "LimitNOFILE" in entry["event"]) for entry in logs] == [(FEW - 1, True)]


def test_a_system_that_refuses_is_said_and_survived(
    limits: Callable[[int, int], list[Limits]], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(1024, resource.RLIM_INFINITY)

    def refuse(_kind: int, _given: Limits) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    with capture_logs() as logs:
        assert raise_file_limit() == 1024
    assert [entry["limit"] for entry in logs] == [1024]
