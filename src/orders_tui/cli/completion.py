"""`completion`: what bash, zsh or fish read to complete the command line, made by shtab from the parsers of all commands."""

from __future__ import annotations

import re
import sys
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Iterator

from orders_tui.cli.server_parsers import every
from orders_wire.arguments import commands, groups, words_of

_ASK = "orders-tui config profiles 2>/dev/null"
_THAT_BEGIN_SO = 'while IFS= read -r name; do case "$name" in "$1"*) echo "$name"; esac; done'
_PROFILES = {
    "bash": "_orders_tui_profiles",
    "zsh": "_orders_tui_profiles",
    "fish": f"({_ASK})",
    "preamble": {
        "bash": f"_orders_tui_profiles() {{ {_ASK} | {_THAT_BEGIN_SO}; }}",
        "zsh": f'_orders_tui_profiles() {{ local -a names; names=(${{(f)"$({_ASK})"}}); compadd -a names }}',
    },
}
"""Asked by the shell when one is to be completed, since the file changes. (What shtab has for a command's words asks in zsh for
every command, and in bash runs what stands in them.)"""

_PLAIN = re.compile(r"[\w.][\w.:-]*")
"""A word that needs no quotes in any shell."""


def completion(given: Namespace) -> int:
    """`completion bash|zsh|fish`: the script on stdout. Raises ClientError where the server cannot be asked for its commands."""
    sys.stdout.write(script(given.shell))
    return 0


def script(shell: str) -> str:
    """What the shell reads."""
    import shtab

    parser = every()
    for action in _actions(parser):
        _complete(action)
    return shtab.complete(parser, shell)


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    for each in (parser, *commands(parser).values()):
        for _, actions in groups(each):
            yield from actions


def _complete(action: Action) -> None:
    """Says what a shell offers for a value; the parser is not used for reading any more."""
    import shtab

    if action.dest == "profile":
        action.complete = _PROFILES  # type: ignore[attr-defined]
    elif action.metavar == "FILE":
        action.complete = shtab.FILE  # type: ignore[attr-defined]
    else:
        action.choices = [word for word in words_of(action) if _PLAIN.fullmatch(word)] or None
