"""What a form is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
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

    async def again(self, desk: Desk, kept: Draft, target: Target) -> Draft | None:
        """What was kept, on these orders as they are now; None where it cannot be gone on with, once it was said why."""
        return replace(kept, versions=dict(target.versions))

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        """What leaves because of it, and until when that can be taken back."""
        return ""
