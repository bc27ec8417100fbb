"""What a form is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from orders_tui.actions.draft import Draft
from orders_tui.context.target import Target
from orders_tui.plain.desk import Desk
from orders_wire.vocabulary import ActionName

UNDO = "undo"
"""What takes back, as sentences about consequences name it."""


class Form(ABC):
    """`one`: it is for one order at a time."""

    action: ClassVar[ActionName]
    one: ClassVar[bool] = False

    @abstractmethod
    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        """Asks for what is needed; None where nothing can be done, once it was said why. `given` stood behind the word.

        Raises Left.
        """

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        """What leaves because of it, and until when that can be taken back."""
        return ""
