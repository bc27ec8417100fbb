"""How many decimals a currency has: ISO 4217, and of these only what is not two."""

from __future__ import annotations

_NONE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def decimals(currency: str) -> int:
    """The decimals in which amounts of a currency, by its code, are written: 0, 2 or 3."""
    return 0 if currency in _NONE else 3 if currency in _THREE else 2
