"""Data gaps: what the desk may be missing, on the alerts channel, with what to do about it (contract §2).

Invariant: at most one open gap per (gap, scope). Unlike an alert, a gap that was cleared opens again when it comes back.
`scope` distinguishes gaps of one kind: the order's id for `order_partial`, the source for `dead_letter`; otherwise empty.
"""

from __future__ import annotations

from collections.abc import Iterable

from orders_sync.alerts.alerts import event, with_id
from orders_sync.db import alerts, dead_letters, events
from orders_sync.db.alerts import AlertRow
from orders_sync.db.tables import GAP_ORDER
from orders_sync.db.tx import Reading, Tx
from orders_wire.vocabulary import EventType, Gap, OpenClosed, Severity


def open_gap(tx: Tx, gap: Gap, scope: str, message: str, severity: Severity) -> bool:
    """Raises a gap; False when it is open already. `message` says what to do and holds no ageing figure."""
    cause = _cause(gap, scope)
    known = alerts.gap(tx.conn, tx.shop_id, cause)
    new = AlertRow("", EventType.DATA_GAP, GAP_ORDER, cause, message, severity, open=True)
    if known is None:
        alerts.reserve_gap(tx, with_id(tx, new))
        known = alerts.gap(tx.conn, tx.shop_id, cause)
    if known is None or known.open:
        return False
    row = with_id(tx, new, known.alert_id)
    alerts.reopen(tx, [row], [events.append(tx, event(row, OpenClosed.OPEN))])
    return True


def say_gap(tx: Tx, gap: Gap, scope: str, message: str, severity: Severity) -> bool:
    """Raises a gap in these words; where it is open in others, those are over. False when it is open in these."""
    known = alerts.gap(tx.conn, tx.shop_id, _cause(gap, scope))
    if known is not None and known.message != message:
        clear_gap(tx, gap, scope)
    return open_gap(tx, gap, scope, message, severity)


def is_open(conn: Reading, shop_id: int, gap: Gap, scope: str) -> bool:
    """True while this gap is raised."""
    cause = _cause(gap, scope)
    return any(row.cause == cause for row in alerts.open_gaps(conn, shop_id))


def clear_gap(tx: Tx, gap: Gap, scope: str) -> bool:
    """The gap is over; False when it is not open."""
    known = alerts.gap(tx.conn, tx.shop_id, _cause(gap, scope))
    if known is None or not known.open:
        return False
    alerts.end(tx, [known.alert_id])
    events.append(tx, event(known, OpenClosed.CLEARED))
    return True


def clear_read(tx: Tx, sources: Iterable[str]) -> None:
    """Clears the `dead_letter` of each of these sources of which none is dead any more."""
    for source in sources:
        if dead_letters.count_dead(tx, source) == 0:
            clear_gap(tx, Gap.DEAD_LETTER, source)


def _cause(gap: Gap, scope: str) -> str:
    return f"{gap.value} {scope}".rstrip()
