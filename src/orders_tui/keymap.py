"""Which key means which command, with what the operator has remapped.

A key is written as people say it: `a`, `G`, `/`, `comma`, `space`, `ctrl+r`, `f5`. Invariant: in one place a key means at most
one command; a map that says otherwise is refused with a sentence for each fault, and nothing of it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product

from orders_tui.commands import BY_ID, COMMANDS, Command, Place

FIXED = frozenset({"escape", "enter", "ctrl+q"})
"""Keys that keep their meaning whatever the configuration says."""

_NAMES = "enter escape space comma tab backspace delete insert home end pageup pagedown up down left right"
_NAMED = frozenset(_NAMES.split()) | {f"f{number}" for number in range(1, 25)}
_MODIFIED = re.compile(r"(?:ctrl\+|alt\+|shift\+)+(?P<key>.+)")
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


def shown(key: str) -> str:
    """The key as the footer and the help write it."""
    return _SHOWN.get(key, key)


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys by command id, and back by place."""

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
        return self.keys.get(command_id, ()) != BY_ID[command_id].keys


class KeymapError(ValueError):
    """A remapping that cannot be used; `faults` are sentences, one each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def build(remapped: Mapping[str, str] | None = None) -> Keymap:
    """The default map with `remapped` laid over it: command id → keys, comma separated; `none` unbinds.

    Raises KeymapError naming every fault: an unknown id (with the nearest), a key that does not exist, one that is fixed, two
    commands on one key in one place.
    """
    faults: list[str] = []
    keys = {command.id: command.keys for command in COMMANDS}
    for command_id, text in (remapped or {}).items():
        if command_id not in BY_ID:
            near = get_close_matches(command_id, BY_ID, n=1)
            faults.append(f"{command_id}: there is no such command" + (f"; did you mean {near[0]}?" if near else ""))
            continue
        keys[command_id] = () if text.strip() in {"", "none"} else tuple(key.strip() for key in text.split(","))
        faults.extend(_key_faults(command_id, keys[command_id]))
    commands = _by_place(keys, faults)
    if faults:
        raise KeymapError(faults)
    return Keymap(keys, commands)


def check(remapped: Mapping[str, str]) -> list[str]:
    """Every fault and every doubt about a remapping, as sentences; empty when there is none."""
    try:
        keymap = build(remapped)
    except KeymapError as error:
        return error.faults
    doubtful = ((command_id, key) for command_id in remapped for key in keymap.keys[command_id] if key in _UNSURE)
    return [f"{command_id}: {key} may not arrive: {_UNSURE[key]}" for command_id, key in doubtful]


def _key_faults(command_id: str, keys: Iterable[str]) -> Iterable[str]:
    fixed = [key for key in BY_ID[command_id].keys if key in FIXED]
    if fixed and not set(fixed) <= set(keys):
        yield f"{command_id}: {fixed[0]} cannot be taken away"
    for key in keys:
        if not exists(key):
            yield f"{command_id}: there is no key {key!r}"
        elif key in FIXED and key not in BY_ID[command_id].keys:
            yield f"{command_id}: {key} is fixed"


def exists(key: str) -> bool:
    """True for a single printable character, a named key, or either behind ctrl+, alt+, shift+."""
    match = _MODIFIED.fullmatch(key)
    bare = match["key"] if match else key
    return bare in _NAMED or (len(bare) == 1 and bare.isprintable() and bare != " ")


def _by_place(keys: Mapping[str, tuple[str, ...]], faults: list[str]) -> dict[tuple[Place, str], Command]:
    """What each key means where; two commands on one key in one place are added to the faults."""
    found: dict[tuple[Place, str], Command] = {}
    clashes: set[tuple[str, str, str]] = set()
    for command_id, bound in keys.items():
        command = BY_ID[command_id]
        for place, key in product(command.places, bound):
            other = found.setdefault((place, key), command)
            if other is not command:
                clashes.add((key, other.id, command_id))
    faults.extend(f"{key} is both {one} and {two}" for key, one, two in sorted(clashes))
    return found
