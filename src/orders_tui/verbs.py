"""The names of what an operator can do."""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """The write actions of contract §3."""

    ASSIGN = "assign"
    FULFILL = "fulfill"
    SUPPORT = "support"
    RETURNS = "returns"
    INVENTORY = "inventory"
    UNDO = "undo"
