"""Customers and where they live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True, eq=False, repr=False)
class Address:
    """A postal address; everything but the country may be missing."""

    id: int
    first_name: str | None
    last_name: str | None
    company: str | None
    address1: str | None
    address2: str | None
    city: str | None
    province: str | None
    province_code: str | None
    country: str
    country_code: str
    zip: str | None
    phone: str | None

    @property
    def name(self) -> str:
        """First and last name, whichever there are."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(slots=True, eq=False, repr=False)
class Customer:
    """A buyer."""

    id: int
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    address: Address
    locale: str
    created_at: datetime
    updated_at: datetime
    tags: list[str] = field(default_factory=list)
    note: str | None = None
    orders: int = 0
    spent: int = 0

    @property
    def name(self) -> str:
        """What the shop shows; the e-mail when there is no name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.email or ""
