"""What an operator means to do, before it is sent: a dialog returns a draft, the session sends it.

Drafts are plain values over order GIDs. `versions` are the versions that the operator saw: where given, an order that has
changed since fails with `version_conflict` instead of being changed unseen (contract §3, `expectedVersions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orders_wire.vocabulary import ActionName, ReturnAction


@dataclass(frozen=True, slots=True)
class AssignDraft:
    """Make `assignee` the owner of the orders; `unassigned` clears."""

    order_ids: tuple[str, ...]
    assignee: str
    versions: Mapping[str, int] = field(default_factory=dict)
    verb = ActionName.ASSIGN


@dataclass(frozen=True, slots=True)
class Parcel:
    """A tracking number with its carrier's name, as the operator gave them."""

    number: str
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class FulfillDraft:
    """Mark the orders fulfilled; `parcels` gives a number to the orders that have one (each travels in a request of its own)."""

    order_ids: tuple[str, ...]
    parcels: Mapping[str, Parcel] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    verb = ActionName.FULFILL


@dataclass(frozen=True, slots=True)
class SupportDraft:
    """Escalate each order to the assistant with a note; without a conversation the order keeps or gets its own thread."""

    order_ids: tuple[str, ...]
    note: str
    conversation_id: str | None = None
    versions: Mapping[str, int] = field(default_factory=dict)
    verb = ActionName.SUPPORT


@dataclass(frozen=True, slots=True)
class ReturnsDraft:
    """Move each order's return (its newest that is not terminal, or `return_id`)."""

    order_ids: tuple[str, ...]
    action: ReturnAction
    note: str | None = None
    return_id: str | None = None
    versions: Mapping[str, int] = field(default_factory=dict)
    verb = ActionName.RETURNS


@dataclass(frozen=True, slots=True)
class InventoryDraft:
    """Hold the open orders that still owe the SKU, or those of them in `order_ids` (empty: all)."""

    sku: str
    order_ids: tuple[str, ...] = ()
    note: str = ""
    versions: Mapping[str, int] = field(default_factory=dict)
    verb = ActionName.INVENTORY


@dataclass(frozen=True, slots=True)
class UndoDraft:
    """Take back the action with the server's `action_id`; `order_ids` are the orders that it changed."""

    action_id: str
    order_ids: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    verb = ActionName.UNDO


Draft = AssignDraft | FulfillDraft | SupportDraft | ReturnsDraft | InventoryDraft | UndoDraft
