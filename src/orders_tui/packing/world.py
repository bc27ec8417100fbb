"""What the bench asks for."""

from __future__ import annotations

from typing import Protocol

from orders_tui.packing.parcel import OpenParcel


class World(Protocol):
    """Where it is done. What `open` and `send` come to is told to the bench: at once, or later."""

    def keep(self, parcel: OpenParcel) -> None:
        """Writes it down: something of it changed."""

    def drop(self, order_id: str) -> None:
        """Takes away what is written of an order."""

    def open(self, code: str) -> None:
        """Reads the order of a slip: `opened`, `not_opened`."""

    def send(self, parcel: OpenParcel) -> None:
        """Fulfils what is packed, with its number where it has one: `sent`, `not_sent`, `held_back`."""

    def undo(self) -> None:
        """Takes the last action back."""
