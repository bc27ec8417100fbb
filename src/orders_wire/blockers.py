"""What stands against sending an order: the words of `blockers`, contract §3a, `ready`."""

from __future__ import annotations

from enum import StrEnum

STOCK = "stock:"
"""Before a SKU of which units that are owed are not there."""
HOLD = "hold:"
"""Before the reason of a hold."""


class Blocker(StrEnum):
    """The others. `shop`: a fulfilment order allows no fulfilment."""

    PAYMENT = "payment"
    ADDRESS = "address"
    CANCELLING = "cancelling"
    SHOP = "shop"


OF_ALL = (Blocker.PAYMENT, Blocker.ADDRESS, Blocker.CANCELLING)
"""Those that keep all of an order here; the others keep some units of it."""
