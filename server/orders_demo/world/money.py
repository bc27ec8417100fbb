"""Money as integer minor units (hundredths) inside, decimal text at the rim."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tender:
    """The currencies of one order. `rate` is presentment per shop unit, in millionths."""

    shop: str = "USD"
    presentment: str = "USD"
    rate: int = 1_000_000

    def present(self, minor: int) -> int:
        """A shop amount in the buyer's currency, rounded half up."""
        return (minor * self.rate + 500_000) // 1_000_000

    def settle(self, presented: int, *likely: int) -> int:
        """A sum in the buyer's currency as the shop books it: one of the `likely` amounts that come to it, else converted."""
        known = next((amount for amount in likely if self.present(amount) == presented), None)
        return (presented * 1_000_000 + self.rate // 2) // self.rate if known is None else known


def text(minor: int) -> str:
    """`12.50`, as REST bodies write it."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def short(minor: int) -> str:
    """`12.5` or `12.0`, as GraphQL's Decimal writes it: at least one decimal, no trailing zero after it."""
    plain = text(minor)
    return plain[:-1] if plain.endswith("0") else plain


def minor(amount: str) -> int:
    """Decimal text as minor units. Raises ValueError for text that is no amount in hundredths."""
    whole, _, part = amount.strip().partition(".")
    if len(part) > 2 and part[2:].strip("0"):
        raise ValueError(amount)
    value = int(whole or "0") * 100
    hundredths = int((part + "00")[:2])
    return value - hundredths if whole.startswith("-") else value + hundredths
