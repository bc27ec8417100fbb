"""The manual page, made from the parsers, the registry and the table of settings.

`docs/orders-tui.1` is what it makes, which the wheel installs; a test holds the two together, and draws it again as pictures are.
What several commands take alike (which desk, filters, the server's settings) stands in it once.
"""

from __future__ import annotations

import json
from argparse import Action, ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence

from orders_tui.cli import troff
from orders_tui.cli.server_parsers import every
from orders_tui.commands import COMMANDS, Group
from orders_tui.config.settings import SETTINGS, VARIABLES
from orders_tui.keymap import shown
from orders_wire.arguments import command_help, commands, groups, words_of

EXIT = {
    "0": "done",
    "1": "refused, also in part; of a command of the server: it failed",
    "2": "usage: the command line, its input or the configuration makes no sense",
    "3": "the server cannot be reached",
    "130": "interrupted",
}
ENVIRONMENT = {
    **{name: variable.meaning for name, variable in VARIABLES.items()},
    "ORDERS_SYNC_NAME": "a setting of the server; NAME is that of its option, in capitals and with _ for -",
    "NO_COLOR": "not empty: no colour, on the screen neither, where --color is auto",
    "FORCE_COLOR, CLICOLOR_FORCE": "not empty and not 0: colour also where nothing is a terminal",
    "CLICOLOR": "0: no colour",
}
FILES = {
    "~/.config/orders-tui/config.toml": "the client's configuration: orders-tui config path",
    "~/.config/orders-tui/sync.toml": "the server's settings: orders-tui settings path",
    "~/.local/state/orders-tui/": "how each desk was left, what was typed and not sent, and parcels that were begun",
}
EXAMPLES = {
    "A desk on a simulated shop": "orders-tui demo",
    "What is overdue and nobody's": "orders-tui list --tab overdue --owner none",
    "Take all that is nobody's": "orders-tui list --owner none --csv | orders-tui assign --me",
    "Tracking numbers from a spreadsheet with the columns order, tracking, carrier": "orders-tui fulfill < parcels.csv",
    "Which value holds, and who said so": "orders-tui config show --origin",
    "Completion, in ~/.bashrc": 'eval "$(orders-tui completion bash)"',
}


def page() -> str:
    """The whole page, as troff. Raises ClientError where the server cannot be asked for its commands."""
    parser = every()
    description = troff.plain(f"{parser.description} With one: the same job without a screen, or the server.")
    parts = {
        "name": [troff.plain("orders-tui - the order desk for a Shopify shop, and the Sync server behind it")],
        "synopsis": _synopsis(parser),
        "description": [description],
        "commands": _commands(parser),
        **{title: _options(actions) for title, actions in _shared(parser).items()},
        "keys": _keys(),
        "configuration": _configuration(),
        "exit status": troff.items(EXIT.items()),
        "environment": troff.items(ENVIRONMENT.items()),
        "files": troff.items(FILES.items()),
        "examples": _examples(),
    }
    head = ['.TH ORDERS\\-TUI 1 "" "orders\\-tui" "User Commands"', ".nh", ".ad l"]
    return "\n".join([*head, *(line for title, lines in parts.items() for line in troff.section(title, lines))]) + "\n"


def _synopsis(parser: ArgumentParser) -> Iterator[str]:
    yield from (
        troff.usage([parser.prog, "[OPTION …]"]),
        ".br",
        troff.usage([parser.prog, "COMMAND", "[OPTION …]", "…"]),
    )


def _words(parser: ArgumentParser) -> Iterator[str]:
    """A usage: the options of its own, what stands for those that others have too, and what is given without an option."""
    yield parser.prog
    for action in _own(parser):
        if action.option_strings:
            words = " | ".join(_spelled(action))
            yield words if action.required else f"[{words}]"
    yield from (_positional(action) for action in _own(parser) if not action.option_strings)


def _spelled(action: Action) -> Iterator[str]:
    for option in action.option_strings:
        yield option if action.nargs == 0 else f"{option} {_metavar(action)}"


def _metavar(action: Action) -> str:
    return str(action.metavar or action.dest.upper())


def _positional(action: Action) -> str:
    name = _metavar(action)
    return {"*": f"[{name} …]", "+": f"{name} …", "?": f"[{name}]"}.get(str(action.nargs), name)


def _own(parser: ArgumentParser) -> list[Action]:
    """The arguments that stand in no group with a name of its own."""
    return [action for title, actions in groups(parser) if title in _NAMELESS for action in actions]


_NAMELESS = ("positional arguments", "options")


def _shared(parser: ArgumentParser) -> dict[str, Sequence[Action]]:
    """The groups with a name, each as the first command has it."""
    found: dict[str, Sequence[Action]] = {}
    for each in (parser, *commands(parser).values()):
        for title, actions in groups(each):
            if title not in _NAMELESS:
                found.setdefault(title, actions)
    return found


def _commands(parser: ArgumentParser) -> Iterator[str]:
    every_command = commands(parser)
    texts, named = command_help(parser), Counter(title for each in every_command.values() for title, _ in groups(each))
    of_most = {title for title, times in named.items() if times > len(every_command) // 2}
    for name, command in every_command.items():
        yield f".SS {troff.bold(name)}"
        yield from (
            troff.usage(_words(command)),
            ".br",
            troff.plain(f"{_sentence(texts[name])} {command.epilog or ''}"),
        )
        yield from _options(_own(command))
        also = [title for title, _ in groups(command) if title not in {*_NAMELESS, *of_most}]
        if also:
            yield from (".PP", troff.plain(f"Also the options of: {', '.join(title.upper() for title in also)}."))


def _options(actions: Sequence[Action]) -> Iterator[str]:
    for action in actions:
        spelled = ", ".join(troff.usage([each]) for each in _spelled(action)) or troff.usage([_metavar(action)])
        yield from troff.item(spelled, _explanation(action))


def _explanation(action: Action) -> str:
    """Its help; where that is lacking, the words that it takes."""
    return (action.help or f"one of {', '.join(words_of(action))}").replace("%%", "%")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _keys() -> Iterator[str]:
    yield troff.plain(
        "Those of the terminal client. orders-tui keys shows them as they are remapped; ? does on the screen."
    )
    for group in Group:
        yield f".SS {troff.plain(group)}"
        bound = (command for command in COMMANDS if command.group is group and command.keys)
        yield from troff.items((" ".join(map(_key, command.keys)), command.explanation) for command in bound)


def _key(key: str) -> str:
    name = shown(key)
    return name if name.isascii() else key


def _configuration() -> Iterator[str]:
    text = """A TOML file: [defaults] and [profile.NAME], which is laid over it, have these keys; default_profile names the
        profile that holds, and [keys] gives a command other keys ("order.assign" = "a"; none: no key). Options beat variables,
        variables the profile, the profile the defaults. orders-tui config schema prints the file's JSON Schema."""
    yield troff.plain(text)
    for name, setting in SETTINGS.items():
        usual = "" if setting.default is None else f" ({json.dumps(setting.default)})"
        yield from troff.item(troff.bold(name), f"{_sentence(setting.meaning)} It is {setting.allowed}{usual}.")


def _examples() -> Iterator[str]:
    for about, command in EXAMPLES.items():
        yield from (".PP", troff.plain(f"{about}:"), *troff.example(command))
