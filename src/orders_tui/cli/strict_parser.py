"""The parser of the command line, strict and with the nearest right word in its errors; nothing in them steers a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from orders_tui.cli.output import painted
from orders_tui.sanitise import lines
from orders_wire import arguments

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class Parser(arguments.Parser):
    """Says what is wrong without passing on what a terminal would obey."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Help as it is; an error, which goes to stderr, in its colour."""
        tone = "bad" if file is sys.stderr else "plain"
        super()._print_message(painted(lines(message).rstrip("\n"), tone, sys.stderr) + "\n", file)
