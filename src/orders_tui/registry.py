"""The commands and keys of one client: those of the desk, and behind them those of its configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui import keymap
from orders_tui.commands import BUILT_IN, COMMANDS, Command, CommandSet, Group, Risk
from orders_tui.errors import ConfigError
from orders_tui.keymap import Keymap

if TYPE_CHECKING:
    from orders_tui.config import Config
    from orders_tui.config.own_commands import OwnCommand

OWN = "own."
"""What the id of an own command begins with; its name follows."""


def keymap_of(config: Config) -> Keymap:
    """What every key means. Raises ConfigError naming the file and every fault of keys and of own commands' names."""
    try:
        if not config.commands:
            return keymap.build(config.keys)
        _check_words(config)
        return keymap.build(config.keys, commands_of(config))
    except keymap.KeymapError as error:
        raise ConfigError(f"{config.path or 'configuration'}: {error}") from error


def commands_of(config: Config) -> CommandSet:
    """Every command that there is."""
    return CommandSet([*COMMANDS, *map(_command, config.commands)]) if config.commands else BUILT_IN


def doubts(config: Config) -> list[str]:
    """Every fault and every doubt about keys and own commands, as sentences; empty when there is none."""
    own = {OWN + command.name: command.key for command in config.commands if command.key}
    return [*_clashes(config), *keymap.check({**own, **config.keys}, commands_of(config))]


def _command(own: OwnCommand) -> Command:
    return Command(
        OWN + own.name,
        own.name,
        own.about or f"Run {own.argv[0]}",
        Group.OWN,
        tuple(key.strip() for key in own.key.split(",") if key.strip()),
        risk=Risk.OUTWARD,
        acts_on_target=True,
    )


def _check_words(config: Config) -> None:
    clashes = list(_clashes(config))
    if clashes:
        raise keymap.KeymapError(clashes)


def _clashes(config: Config) -> Iterator[str]:
    """Own commands whose name already means something after `:`."""
    words = {word: command for command in COMMANDS for word in command.words}
    words |= {word.partition(" ")[0]: command for word, command in words.items() if word.partition(" ")[0] not in words}
    for own in config.commands:
        other = words.get(own.name)
        if other is not None:
            yield f"commands.{own.name}: {own.name} is a word of {other.id}; another name, such as my-{own.name}"
