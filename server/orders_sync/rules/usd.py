"""Amounts in USD, by the configured rates: contract §1, `value_usd`."""

from __future__ import annotations

from collections.abc import Mapping

from orders_sync.evidence.changes import MoneyPart


def usd_cents(part: MoneyPart | None, rates: Mapping[str, float]) -> int | None:
    """Cents of USD; null when the amount, or a rate for its currency, is not known."""
    if part is None:
        return None
    if part.currency == "USD":
        return part.hundredths
    rate = rates.get(part.currency)
    return None if rate is None else round(part.hundredths * rate)
