"""What undo keeps of an action: which orders it named, what it changed in the decisions on each, which queued rows it altered.

Laws: reverting a patch right after it was made restores the decisions; a patch whose thing was changed since does not revert. The
timeline and failed writes are not part of it: undo leaves the entry (contract §1, Timeline).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from orders_sync.rules.operator_state import Acknowledgement, OperatorState
from orders_wire.vocabulary import OutboundState


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class OrderPatch(_Part):
    """One order as the action named it; several spellings of one order are several of these. `patch` empty: unchanged."""

    spelling: str
    order_id: int
    patch: Patch

    @field_validator("patch", mode="before")
    @classmethod
    def _of_one_acknowledgement(cls, patch: Any) -> Any:
        """Landed releases had one acknowledgement of an order, under a path of its own."""
        if not isinstance(patch, dict) or "acknowledgement" not in patch:
            return patch
        one = [stored and Acknowledgement.model_validate(stored) for stored in patch["acknowledgement"]]
        flat = [{f"{_OWN}/{each.action_id}": _acknowledged(each)} if each else {} for each in one]
        plural = {path: (flat[0].get(path), flat[1].get(path)) for path in flat[0] | flat[1]}
        return {path: values for path, values in patch.items() if path != "acknowledgement"} | plural


class AlteredRow(_Part):
    """A queued row of an earlier action whose payload this action changed, and what it was before; or that it withdrew from this
    `state`."""

    row_id: int
    order_id: int
    payload: dict[str, Any]
    state: OutboundState | None = None


class UndoRecord(_Part):
    """The whole action, without the orders that it failed on."""

    orders: list[OrderPatch]
    altered: list[AlteredRow] = []


Patch = dict[str, tuple[Any, Any]]
"""By path (a field, or `field/key`): the JSON value before and after, None where there is none."""

_VALUES = ("assigned_to", "owner_action", "thread", "escalation", "cancelling")
_MAPS = (
    "numbers",
    "returns",
    "approvals",
    "holds",
    "desk_holds",
    "released",
    "cleared_delays",
    "tag_changes",
    "addresses",
    "notes",
)
_SETS = ("cleared_numbers",)
_OWN = "acknowledgements"
_KEPT = (*_VALUES, *_MAPS, *_SETS, _OWN)
_LENIENT = ("cleared_delays", "cleared_numbers")
"""Acknowledged alerts: nothing that an order is; taken back where they still stand."""


def diff(before: OperatorState, after: OperatorState, moved: Collection[str] = _KEPT) -> Patch:
    """What it takes to get from one to the other; empty when they decide the same. `moved`: the decisions that may differ."""
    old, new = _flat(before, moved), _flat(after, moved)
    paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    return {path: (old.get(path), _decided(new.get(path))) for path in paths}


def _decided(value: Any) -> Any:
    """Without when it leaves, which no action decides for good."""
    return {name: each for name, each in value.items() if name != "sends_at"} if isinstance(value, dict) else value


def revert(state: OperatorState, patch: Patch) -> OperatorState | None:
    """The state with the patch taken back; None when something that it set was changed since."""
    flat = _flat(state, _KEPT)
    for path, (before, after) in patch.items():
        if not _still(flat.get(path), after):
            if path.startswith(_LENIENT):
                continue
            return None
        if before is None:
            flat.pop(path, None)
        else:
            flat[path] = before
    return _unflat(state, flat)


def _still(now: Any, after: Any) -> bool:
    """What was set is so; what a later release keeps of it besides says nothing."""
    return now == after or (isinstance(now, dict) and isinstance(after, dict) and after.items() <= now.items())


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
        elif name == _OWN:
            flat |= {f"{name}/{each.action_id}": _acknowledged(each) for each in value}
    return flat


def _acknowledged(acknowledgement: Acknowledgement) -> Any:
    """Without what its own write answered, which no action decides."""
    return acknowledgement.model_dump(mode="json", exclude={"answered"})


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int)) else value.model_dump(mode="json")


def _unflat(state: OperatorState, flat: dict[str, Any]) -> OperatorState:
    maps: dict[str, dict[str, Any]] = {name: {} for name in (*_MAPS, *_SETS, _OWN)}
    for path, value in flat.items():
        name, slash, key = path.partition("/")
        if slash:
            maps[name][key] = value
    lists = {name: sorted(map(int, maps.pop(name))) for name in _SETS}
    values = {name: flat.get(name) for name in _VALUES}
    answered = {each.action_id: each.answered for each in state.acknowledgements}
    own = [{**each, "answered": answered.get(action_id, ())} for action_id, each in maps.pop(_OWN).items()]
    own.sort(key=lambda each: (each["at"], each["action_id"]))
    taken_back = OperatorState.model_validate({**values, **maps, **lists, _OWN: tuple(own)})
    return state.model_copy(update={name: getattr(taken_back, name) for name in _KEPT})
