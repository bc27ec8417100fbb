"""argparse as both command lines use it: strict, with the nearest right word in every error; and a parser as plain data.

As data the server's commands get to the client, which completes and documents them and imports nothing of the server.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from orders_wire.spelling import meant, none_of

W = TypeVar("W", bound=StrEnum)
A = TypeVar("A", bound=argparse.Action)

USAGE = 2
"""The exit status of a command line that makes no sense (contract §6)."""

DESCRIBE = "--describe"
"""What the server is asked by the client alone: all of its commands, each as `described` says it."""

_FIELDS = ("option_strings", "dest", "nargs", "metavar", "help")


class Parser(argparse.ArgumentParser):
    """Takes no abbreviation, and what it does not know is an error that names the nearest option or word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """All of it: argparse leaves to a command's caller what the command does not know, and it knows the nearest."""
        self._refuse_unknown(sys.argv[1:] if args is None else args)
        given, more = super().parse_known_args(args, namespace)
        if more:
            self.error(f"unrecognized arguments: {' '.join(more)}")
        return given, more

    def _refuse_unknown(self, arguments: Sequence[str]) -> None:
        """The first long option that is none, up to the command, whose own parser knows its own."""
        known = self._option_string_actions
        for option in (argument.partition("=")[0] for argument in self._options(arguments)):
            if option not in known and " " not in option:
                near = meant(option, (each for each in known if each.startswith("--")))
                self.error(f"there is no option {option}{near}; {self.prog} --help lists them")

    def _options(self, arguments: Sequence[str]) -> Iterator[str]:
        """The long options among the arguments up to the command, without their values."""
        left = iter(arguments)
        for argument in left:
            action = self._option_string_actions.get(argument)
            if action is not None and action.nargs is None:
                next(left, None)
            elif argument == "--" or (self._subparsers is not None and not argument.startswith("-")):
                return
            if argument.startswith("--"):
                yield argument

    def error(self, message: str) -> NoReturn:
        """One line: a usage of ten lines would hide it."""
        seen = "" if "--help" in message else f" (see {self.prog} --help)"
        self.exit(USAGE, f"{self.prog}: {message}{seen}\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """As argparse, which lists every choice and guesses none."""
        if action.choices is None or value in action.choices:
            return
        words = [str(choice) for choice in action.choices]
        listing = f"{self.prog} --help"
        if isinstance(action, argparse._SubParsersAction):
            text = f"there is no command {value!r}{meant(str(value), words)}; {listing} lists them"
            raise argparse.ArgumentError(None, text)
        raise argparse.ArgumentError(action, none_of(str(value), words, listing))


def one_of(words: type[W]) -> dict[str, Any]:
    """What `add_argument` needs of an option that takes one of a closed set of words."""

    def read(text: str) -> W | str:
        return words(text) if text in list(words) else text

    return {"type": read, "choices": tuple(words)}


def explained(words: Mapping[str, str]) -> str:
    """What each word of a few does, as one sentence for the end of a help."""
    return f"{'; '.join(f'{word}: {text}' for word, text in words.items())}."


def suggesting(action: A, words: Sequence[str]) -> A:
    """The action with words that a shell offers for its value, where others may be given as well."""
    action.words = tuple(words)  # type: ignore[attr-defined]
    return action


def words_of(action: argparse.Action) -> tuple[str, ...]:
    """What may be given for an action's value, or at least is offered for it; empty where that is anything."""
    offered: tuple[str, ...] = getattr(action, "words", ())
    return offered or tuple(map(str, action.choices or ()))


def commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    """The parsers of its commands, by name, in their order."""
    subparsers = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return next((dict(action.choices) for action in subparsers), {})


def command_help(parser: argparse.ArgumentParser) -> Mapping[str, str]:
    """What stands beside each command in the list of them."""
    subparsers = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return {each.dest: each.help or "" for action in subparsers for each in action._choices_actions}


def groups(parser: argparse.ArgumentParser) -> Iterator[tuple[str, list[argparse.Action]]]:
    """The headings of its help, each with its arguments; without `--help` and the commands."""
    for group in parser._action_groups:
        shown = [
            action
            for action in group._group_actions
            if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
            and action.help != argparse.SUPPRESS
        ]
        if shown:
            yield group.title or "", shown


def described(parser: argparse.ArgumentParser) -> dict[str, Any]:
    """One command's parser as JSON knows it."""
    return {
        "description": parser.description,
        "epilog": parser.epilog,
        "groups": [[title, [_as_data(action) for action in actions]] for title, actions in groups(parser)],
    }


def _as_data(action: argparse.Action) -> dict[str, Any]:
    given = {name: getattr(action, name) for name in _FIELDS}
    return {**given, "required": action.required, "words": words_of(action)}


def add_described(command: argparse.ArgumentParser, description: Mapping[str, Any]) -> None:
    """Adds what `described` said of another process's parser. It is for completing and explaining: values are not converted."""
    command.epilog = description["epilog"]
    known = {group.title: group for group in command._action_groups}
    for title, actions in description["groups"]:
        group = known.get(title) or command.add_argument_group(title)
        for data in actions:
            given = {name: data[name] for name in _FIELDS[2:]}
            if data["option_strings"]:
                given |= {"dest": data["dest"], "required": data["required"]}
            if data["nargs"] == 0:
                given = {"action": "store_true", "help": data["help"], "dest": data["dest"]}
            names = data["option_strings"] or [data["dest"]]
            suggesting(group.add_argument(*names, **given), data["words"])
