"""What undo keeps of an action: which orders it named, what it changed in the decisions on each, which queued rows it altered.

Laws: reverting a patch right after it was made restores the decisions; a patch whose thing was changed since does not revert. The
timeline and failed writes are not part of it: undo leaves the entry (contract §1, Timeline).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, ConfigDict

from orders_sync.rules.operator_state import OperatorState


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class OrderPatch(_Part):
    """One order as the action named it; several spellings of one order are several of these. `patch` empty: unchanged."""

    spelling: str
    order_id: int
    patch: Patch


class AlteredRow(_Part):
    """A queued row of an earlier action whose payload this action changed, and what it was before."""

    row_id: int
    order_id: int
    payload: dict[str, Any]


class UndoRecord(_Part):
    """The whole action, without the orders that it failed on."""

    orders: list[OrderPatch]
    altered: list[AlteredRow] = []


Patch = dict[str, tuple[Any, Any]]
"""By path (a field, or `field/key`): the JSON value before and after, None where there is none."""

_VALUES = ("assigned_to", "owner_action", "thread", "escalation", "acknowledgement")
_MAPS = ("numbers", "returns", "holds", "cleared_delays")
_SETS = ("cleared_numbers",)
_KEPT = (*_VALUES, *_MAPS, *_SETS)
_LENIENT = ("cleared_delays", "cleared_numbers")
"""Acknowledged alerts: nothing that an order is; taken back where they still stand."""


def diff(before: OperatorState, after: OperatorState, moved: Collection[str] = _KEPT) -> Patch:
    """What it takes to get from one to the other; empty when they decide the same. `moved`: the decisions that may differ."""
    old, new = _flat(before, moved), _flat(after, moved)
    paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    return {path: (old.get(path), new.get(path)) for path in paths}


def revert(state: OperatorState, patch: Patch) -> OperatorState | None:
    """The state with the patch taken back; None when something that it set was changed since."""
    flat = _flat(state, _KEPT)
    for path, (before, after) in patch.items():
        if flat.get(path) != after:
            if path.startswith(_LENIENT):
                continue
            return None
        if before is None:
            flat.pop(path, None)
        else:
            flat[path] = before
    return _unflat(state, flat)


def _flat(state: OperatorState, names: Collection[str]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name in names:
        value = getattr(state, name)
        if name in _VALUES and value is not None:
            flat[name] = _plain(value)
        elif name in _MAPS:
            flat |= {f"{name}/{key}": _plain(item) for key, item in value.items()}
        elif name in _SETS:
            flat |= {f"{name}/{key}": True for key in value}
    return flat


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int)) else value.model_dump(mode="json")


def _unflat(state: OperatorState, flat: dict[str, Any]) -> OperatorState:
    maps: dict[str, dict[str, Any]] = {name: {} for name in (*_MAPS, *_SETS)}
    for path, value in flat.items():
        name, slash, key = path.partition("/")
        if slash:
            maps[name][key] = value
    lists = {name: sorted(map(int, maps.pop(name))) for name in _SETS}
    values = {name: flat.get(name) for name in _VALUES}
    taken_back = OperatorState.model_validate({**values, **maps, **lists})
    return state.model_copy(update={name: getattr(taken_back, name) for name in _KEPT})
