"""The command palette's entries: the registry, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from textual import events
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider

from orders_tui.commands import COMMANDS, Command
from orders_tui.context.screen import SafeDismiss
from orders_tui.screens.command_screen import CommandScreen


class Commands(CommandList):
    """Textual's list, which takes a click on an option that was there when it was painted for one that still is."""

    def on_click(self, event: events.Click) -> None:
        at = event.style.meta.get("option")
        if at is not None and at >= self.option_count:
            event.prevent_default()


class Palette(CommandPalette, SafeDismiss[None]):
    """Textual's palette over the registry."""

    def __init__(self) -> None:
        super().__init__(providers=[Registry], placeholder="Find a command …")

    def on_mount(self) -> None:
        self.query_one(CommandList).__class__ = Commands

    def _action_command_list(self, action: str) -> None:
        """Textual's list counts its lines before it has been laid out, and where it is empty."""
        with suppress(IndexError, KeyError):
            super()._action_command_list(action)


class Registry(Provider):
    """Commands that work where the palette was opened, with their keys."""

    def _commands(self) -> Iterator[tuple[Command, CommandScreen]]:
        screen = self.screen
        if isinstance(screen, CommandScreen):
            yield from ((command, screen) for command in COMMANDS if not screen.why_not(command))

    async def discover(self) -> Hits:
        for command, screen in self._commands():
            yield DiscoveryHit(_text(command, screen), partial(screen.perform, command.id), help=command.explanation)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command, screen in self._commands():
            text = _text(command, screen)
            if (score := max(matcher.match(f"{text} {command.explanation}"), *map(matcher.match, command.words))) > 0:
                yield Hit(score, matcher.highlight(text), partial(screen.perform, command.id), help=command.explanation)


def _text(command: Command, screen: CommandScreen) -> str:
    keys = screen.work.keymap.all_keys(command.id)
    return f"{command.label}  {keys}" if keys else command.label
