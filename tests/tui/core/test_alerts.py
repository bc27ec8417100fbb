"""The alert book: one entry per cause, whatever is repeated; toasts only for what needs a person; resets leave nothing behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.tui.core.samples import NOON

from orders_tui.alerts import Absorbed, AlertBook
from orders_wire.alerts import Event
from orders_wire.vocabulary import EventType, Gap, OpenClosed, Severity


def alert(n: int, alert_id: str = "a1", **fields: Any) -> Event:
    given: dict[str, Any] = {
        "id": f"d-{n}",
        "type": EventType.ORDER_OVERDUE,
        "status": OpenClosed.OPEN,
        "message": f"#{n} is overdue",
        "alert_id": alert_id,
        "severity": Severity.CRITICAL,
        "created_at": NOON + timedelta(minutes=n),
    }
    return Event(**{**given, **fields})


def refresh(n: int, *, reset: bool | None = None, desk: str = "d") -> Event:
    return Event(id=f"{desk}-{n}", type=EventType.REFRESH, created_at=NOON, reset=reset)


@pytest.fixture
def book() -> AlertBook:
    book = AlertBook()
    book.absorb(refresh(0))
    return book


def test_the_snapshot_is_shown_and_toasts_nothing() -> None:
    book = AlertBook()
    assert book.absorb(alert(1)) == Absorbed(changed=True)
    assert [a.message for a in book.open(NOON)] == ["#1 is overdue"]


def test_a_critical_alert_toasts_once(book: AlertBook) -> None:
    assert book.absorb(alert(1)).toast is not None
    assert book.absorb(alert(1)) == Absorbed()


def test_a_mere_warning_toasts_nothing(book: AlertBook) -> None:
    assert book.absorb(alert(1, severity=Severity.WARNING)).toast is None


def test_cleared_goes_and_a_second_clearing_changes_nothing(book: AlertBook) -> None:
    book.absorb(alert(1))
    assert book.absorb(alert(2, status=OpenClosed.CLEARED, message=None)).changed
    assert not book.absorb(alert(2, status=OpenClosed.CLEARED, message=None)).changed
    assert book.open(NOON) == []


def test_most_severe_first_then_newest(book: AlertBook) -> None:
    for n, severity in enumerate([Severity.INFO, Severity.CRITICAL, Severity.WARNING, Severity.CRITICAL], start=1):
        book.absorb(alert(n, f"a{n}", severity=severity))
    assert [a.alert_id for a in book.open(NOON)] == ["a4", "a2", "a3", "a1"]
    assert list(book.by_severity(NOON)) == [Severity.CRITICAL, Severity.WARNING, Severity.INFO]


def test_gaps_stand_apart(book: AlertBook) -> None:
    book.absorb(alert(1, "g", type=EventType.DATA_GAP, gap=Gap.POLLER_FAILED))
    assert book.open(NOON) == []
    assert [g.gap for g in book.gaps(NOON)] == [Gap.POLLER_FAILED]


def test_acknowledged_stays_away_until_its_cause_ended(book: AlertBook) -> None:
    book.absorb(alert(1))
    book.acknowledge("a1")
    assert book.absorb(alert(1)).toast is None
    assert book.open(NOON) == []
    assert book.hidden() == {"a1": None}
    book.absorb(alert(2, status=OpenClosed.CLEARED))
    book.absorb(alert(3))
    assert [a.alert_id for a in book.open(NOON)] == ["a1"]


def test_snoozed_comes_back(book: AlertBook) -> None:
    book.absorb(alert(1))
    book.snooze("a1", NOON + timedelta(minutes=15))
    assert book.open(NOON) == []
    assert book.open(NOON + timedelta(minutes=15)) != []


def test_a_reset_drops_what_was_open_and_takes_the_snapshot_that_follows(book: AlertBook) -> None:
    book.absorb(alert(1, "gone"))
    assert book.absorb(refresh(0, reset=True)).reset
    assert book.absorb(alert(5, "kept")).toast is None
    book.absorb(refresh(5))
    assert [a.alert_id for a in book.open(NOON)] == ["kept"]


def test_another_desk_resets_too(book: AlertBook) -> None:
    book.absorb(alert(1, "gone"))
    assert book.absorb(refresh(7, desk="restored")).reset
    assert book.open(NOON) == []


def test_a_server_that_names_no_cause(book: AlertBook) -> None:
    for status in OpenClosed:
        book.absorb(alert(1, alert_id=None, order_number="#1", status=status))  # type: ignore[arg-type]
    assert book.open(NOON) == []
