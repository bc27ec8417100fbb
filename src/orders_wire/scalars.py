"""Scalars with one spelling on the wire: instants in UTC, order ids, money as decimal text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer


def format_instant(value: datetime) -> str:
    """RFC 3339 in UTC with `Z`; fractions of a second only where there are any."""
    text = value.astimezone(UTC).isoformat(timespec="milliseconds" if value.microsecond else "seconds")
    return text.replace("+00:00", "Z")


EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
"""Instants outside are read as the nearer of the two: the first and the last year have no room for another offset."""


def _to_utc(value: datetime) -> datetime:
    return max(EARLIEST, min(value, LATEST)).astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc), PlainSerializer(format_instant, return_type=str)]
"""An aware instant, held in UTC, written `2025-09-27T18:30:00Z`; any offset is read."""


class Wire(BaseModel):
    """What every model of the contract has in common: immutable, lenient to unknown fields, strict on types it names."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)
