"""What an action makes of a row at once, before the server has said so: contract §3 read forwards, field by field.

A change remembers what it found. A *firm* change (the owner) is what the operator wants whatever stands there; any other applies
only where the row still stands as it stood when the operator acted, so that it is never applied twice nor over somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a row: found as `before`, meant to be `after`."""

    before: Any
    after: Any
    firm: bool = False

    def applies_to(self, value: Any) -> bool:
        """True when the field stands as it was found, or it does not matter how it stands."""
        return self.firm or _same(value, self.before)

    def applied(self, value: Any) -> Any:
        """The field with the change on it."""
        return self.after if self.applies_to(value) else value

    def as_fact(self) -> FieldChange:
        """The server did it."""
        return FieldChange(self.before, self.after, firm=True)

    def inverse(self) -> FieldChange:
        """Undoing it: only where it still stands."""
        return FieldChange(self.after, self.before)


Changes = Mapping[str, FieldChange]
"""What changes of one row, by field."""

Earlier = Mapping[str, Mapping[str, Changes]]
"""What earlier actions did: by the server's id of the action, then by order."""


def unsaid(row: Order, *, alone: bool = False) -> Changes:
    """What it does to whether the row can be sent is the server's to say: nothing is shown of it until then.

    `alone`: nothing of it is left to go with others.
    """
    said: dict[str, Any] = {"ready": None, "blockers": []} | ({"together": None} if alone else {})
    return {name: FieldChange(getattr(row, name), value) for name, value in said.items()}


def fold(row: Order, changes: Changes) -> Order:
    """The row with the changes on it; the same object where nothing differs."""
    update = {name: change.applied(getattr(row, name)) for name, change in changes.items()}
    update = {name: value for name, value in update.items() if value != getattr(row, name)}
    return row.model_copy(update=update) if update else row


def _same(value: Any, before: Any) -> bool:
    return bool(_essence(value) == _essence(before))


def _essence(value: Any) -> Any:
    """What an action goes by: of a return its id, state and request, of a cancellation who ordered it; of all else everything."""
    if hasattr(value, "allowed_actions"):
        return value.id, value.state, value.requested
    return value.by if hasattr(value, "sends_at") else value
