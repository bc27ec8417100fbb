"""Which key means which command, with what the operator has remapped.

A key is written as people say it: `a`, `G`, `/`, `comma`, `space`, `ctrl+r`, `f5`. Invariant: in one place a key means at most
one command; a map that says otherwise is refused with a sentence for each fault, and nothing of it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from orders_tui.commands import BUILT_IN, Command, CommandSet, Group, Place

FIXED = frozenset({"escape", "enter", "ctrl+q"})
"""Keys that keep their meaning whatever the configuration says."""

_NAMES = "enter escape space comma tab backspace delete insert home end pageup pagedown up down left right"
NAMED = frozenset(_NAMES.split()) | {f"f{number}" for number in range(1, 25)}
_MODIFIERS = ("ctrl", "alt", "shift")
_KEY = re.compile(rf"(?:(?:{'|'.join(_MODIFIERS)})\+)*(?:{'|'.join(sorted(NAMED))}|[^\s,\x00-\x1f\x7f])")
NONE = "none"
"""Takes a command's keys away."""
LISTING = "orders-tui keys lists them"
_UNSURE = {
    "ctrl+h": "most terminals send backspace",
    "ctrl+i": "terminals send tab",
    "ctrl+m": "terminals send enter",
    "ctrl+enter": "most terminals cannot send it",
    "shift+enter": "most terminals cannot send it",
    "ctrl+c": "it never acts; it only says how to quit",
}

_SHOWN = {
    "down": "↓", "up": "↑", "left": "←", "right": "→", "pagedown": "PgDn", "pageup": "PgUp", "home": "Home", "end": "End",
    "escape": "esc", "shift+tab": "S-tab",
}  # fmt: skip

KEY_OF = {text: key for key, text in _SHOWN.items()}
"""A key by how it is shown, where that is not its name."""


def shown(key: str) -> str:
    """The key as the footer and the help write it."""
    return _SHOWN.get(key, key)


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys by command id, and back by place; and the commands that there are."""

    commands: CommandSet
    keys: Mapping[str, tuple[str, ...]]
    _commands: Mapping[tuple[Place, str], Command]

    def find(self, place: Place, key: str) -> Command | None:
        """The command a key means here, or None."""
        return self._commands.get((place, key))

    def key(self, command_id: str) -> str:
        """The first key of a command as it is shown, or an empty text."""
        keys = self.keys.get(command_id, ())
        return shown(keys[0]) if keys else ""

    def all_keys(self, command_id: str) -> str:
        """Every key of a command as it is shown."""
        return " ".join(shown(key) for key in self.keys.get(command_id, ()))

    def remapped(self, command_id: str) -> bool:
        return self.keys.get(command_id, ()) != self.commands[command_id].keys


class KeymapError(ValueError):
    """A remapping that cannot be used; `faults` are sentences, one each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def build(remapped: Mapping[str, str] | None = None, commands: CommandSet = BUILT_IN) -> Keymap:
    """The default map with `remapped` laid over it: command id → keys, comma separated; `none` unbinds.

    Raises KeymapError naming every fault: an unknown id (with the nearest), a key that does not exist, one that is fixed, two
    commands on one key in one place.
    """
    faults: list[str] = []
    remapped = remapped or {}
    keys = {command.id: command.keys for command in commands}
    for command_id, text in remapped.items():
        if command_id not in commands.by_id:
            from orders_wire.spelling import meant

            faults.append(f"{command_id}: there is no such command{meant(command_id, commands.by_id)}; {LISTING}")
            continue
        keys[command_id] = () if text.strip() in {"", NONE} else tuple(key.strip() for key in text.split(","))
    checked = [command for command in commands if command.id in remapped or command.group is Group.OWN]
    faults += [fault for command in checked for fault in _key_faults(command, keys[command.id])]
    by_place = _by_place(commands, keys, faults)
    if faults:
        raise KeymapError(faults)
    return Keymap(commands, keys, by_place)


def check(remapped: Mapping[str, str], commands: CommandSet = BUILT_IN) -> list[str]:
    """Every fault and every doubt about a remapping, as sentences; empty when there is none."""
    try:
        keymap = build(remapped, commands)
    except KeymapError as error:
        return error.faults
    doubtful = ((command_id, key) for command_id in remapped for key in keymap.keys[command_id] if key in _UNSURE)
    return [f"{command_id}: {key} may not arrive: {_UNSURE[key]}" for command_id, key in doubtful]


def _key_faults(command: Command, keys: Iterable[str]) -> Iterable[str]:
    fixed = [key for key in command.keys if key in FIXED and command.group is not Group.OWN]
    if fixed and not set(fixed) <= set(keys):
        yield f"{command.id}: {fixed[0]} cannot be taken away"
    for key in keys:
        if not exists(key):
            yield f"{command.id}: there is no key {key!r}{_meant_key(key)}"
        elif key in FIXED and key not in fixed:
            yield f"{command.id}: {key} is fixed"


def _meant_key(key: str) -> str:
    """A guess at the key, which keeps what stands before its name."""
    from orders_wire.spelling import nearest

    before, plus, name = key.rpartition("+")
    before = "".join(f"{nearest(each, _MODIFIERS) or each}+" for each in before.split("+")) if plus else ""
    near = before + (name if exists(name) else nearest(name, NAMED) or "")
    return f" (did you mean {near}?)" if near != key and exists(near) else ""


def exists(key: str) -> bool:
    """True for a single printable character, a named key, or either behind ctrl+, alt+, shift+."""
    return _KEY.fullmatch(key) is not None and key.isprintable()


def schema(command: Command) -> dict[str, Any]:
    """A command's line of `[keys]` as JSON Schema. What two commands share by mistake it cannot say."""
    said = {"description": command.explanation, "default": ",".join(command.keys) or NONE}
    fixed = [key for key in command.keys if key in FIXED]
    if not fixed:
        return {"$ref": LINE_ID, **said}
    keys = {"not": {"pattern": _among(FIXED.difference(fixed))}, "allOf": [{"pattern": _among([key])} for key in fixed]}
    return {"type": "string", "pattern": rf"^{_ONE}(?:,{_ONE})*$", **keys, **said}


def _among(keys: Iterable[str]) -> str:
    """A pattern of the lines that hold one of the keys."""
    return rf"(?:^|,)\s*(?:{'|'.join(re.escape(key) for key in sorted(keys))})\s*(?:,|$)"


_ONE = rf"\s*{_KEY.pattern}\s*"
LINE_ID = "#/$defs/keys"
LINE = {
    "type": "string",
    "pattern": rf"^(?:\s*(?:{NONE})?\s*|{_ONE}(?:,{_ONE})*)$",
    "not": {"pattern": _among(FIXED)},
}
"""What any command's line may be, as JSON Schema with the name LINE_ID."""


def _by_place(
    commands: CommandSet, keys: Mapping[str, tuple[str, ...]], faults: list[str]
) -> dict[tuple[Place, str], Command]:
    """What each key means where; two commands on one key in one place are added to the faults."""
    found: dict[tuple[Place, str], Command] = {}
    clashes: set[tuple[str, str, str]] = set()
    for command_id, bound in keys.items():
        command = commands[command_id]
        for place, key in product(command.places, bound):
            other = found.setdefault((place, key), command)
            if other is not command:
                clashes.add((key, other.id, command_id))
    for key, one, two in sorted(clashes):
        own = Group.OWN in {commands[one].group, commands[two].group}
        faults.append(f"{key} is both {one} and {two}{_free(found) if own else ''}")
    return found


def _free(found: Mapping[tuple[Place, str], Command]) -> str:
    keys = [f"f{number}" for number in range(1, 13)]
    return f"; free are {', '.join(key for key in keys if not any((place, key) in found for place in Place))}"
