"""The arguments of every command. Knows no model and no network: only argparse and the contract's words."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from orders_tui.cli.output import WHEN
from orders_wire.version import __version__
from orders_wire.vocabulary import EXCLUDING, AlertType, Severity, Tab

if TYPE_CHECKING:
    from orders_tui.cli.strict_parser import Parser

    Commands = argparse._SubParsersAction[Parser]

SERVER_COMMANDS = {
    "demo": "a living desk on a simulated shop",
    "init": "connect a shop: questions, the server's configuration, the first reading",
    "serve": "the Sync server, in the foreground",
    "verify": "recount every counter of the server's database",
    "poll": "read from Shopify what changed, once",
    "backup": "copy the server's SQLite database while it is served",
    "restore": "end a restore of the server's database: clients start over",
    "migrate": "move a desk to another database, SQLite to PostgreSQL",
    "shopify": "check the connection to a shop, subscribe to its webhooks",
    "token": "draw a token for the server's tokens file",
    "settings": "the server's settings: what each is, and where that was said; their JSON Schema",
}
CONFIG = {
    "show": "what holds, as JSON",
    "path": "where the file is looked for",
    "profiles": "the names of its profiles",
    "themes": "the names of the themes that there are",
    "validate": "reads the whole file as the desk would",
    "schema": "its JSON Schema, for editors",
}
"""What `config` does."""
SHELLS = ("bash", "zsh", "fish")
FILTERS = (
    "status", "owner", "priority", "ready", "hold", "issue", "delivery", "country", "sku", "customer", "value", "tag", "has",
    "channel", "placed", "from", "to", "age", "sort",
)  # fmt: skip
"""The tokens of the search box, each of which is an option as well."""
FILTER_GROUP = "filters"
_EXCLUDED = re.compile(rf"-({'|'.join(FILTERS)}):.*", re.DOTALL)
_SIGNED = {"--sort", *(f"--{name}" for name in EXCLUDING)}
_ORDER = "an order's number (#1001 or 1001), Shopify id or GID"


def parsed(given: Sequence[str]) -> argparse.Namespace:
    """What a command line says; `command` is None for the terminal client. Ends the process where it cannot be read.

    The client starts without the parsers of all the commands, which would take a twentieth of its start.
    """
    client = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    client.set_defaults(command=None)
    _add_connection(client, default=None)
    _add_plain(client)
    with suppress(argparse.ArgumentError):
        said, more = client.parse_known_args(given)
        if not more:
            return said
    return build().parse_args(_joined(given))


def build() -> argparse.ArgumentParser:
    """The parser of every command; of the server's it knows the names alone (`server_parsers.py` has the rest)."""
    from orders_tui.cli.strict_parser import Parser

    parser = Parser(
        prog="orders-tui",
        description="The order desk for a Shopify shop. Without a command: the terminal client.",
        epilog="Exit status: 0 done, 1 refused (also partly), 2 usage, 3 cannot reach the server.",
    )
    parser.add_argument("--version", action="version", version=f"orders-tui {__version__}")
    _add_connection(parser, default=None)
    _add_plain(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_reading(commands)
    _add_verbs(commands)
    _add_own(commands)
    _add_about(commands)
    for name, text in SERVER_COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False)
    return parser


def _joined(arguments: Sequence[str]) -> list[str]:
    """`--sort -ship_by` as `--sort=-ship_by`, `-hold:any` as `--not=hold:any`: argparse would take them for options."""
    result: list[str] = []
    for argument in arguments:
        if result and result[-1] in _SIGNED:
            result[-1] = f"{result[-1]}={argument}"
        elif _EXCLUDED.fullmatch(argument):
            result.append(f"--not={argument[1:]}")
        else:
            result.append(argument)
    return result


def _add(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    _add_connection(command, default=argparse.SUPPRESS)
    return command


def _add_connection(parser: argparse.ArgumentParser, default: str | None) -> None:
    group = parser.add_argument_group("which desk")
    group.add_argument("--server", metavar="URL", default=default, help="the Sync server's address")
    group.add_argument("--profile", metavar="NAME", default=default, help="a profile of the configuration file")
    who = "who you are, where there are no tokens"
    group.add_argument("--as", dest="name", metavar="NAME", default=default, help=who)
    nothing = "change nothing, whatever is pressed or asked for"
    group.add_argument("--read-only", action="store_true", default=default or False, help=nothing)
    colored = parser.add_argument_group("colour")
    text = "auto, always or never; auto: on a terminal, unless NO_COLOR says otherwise, or where FORCE_COLOR does"
    wanted = "auto" if default is None else default
    colored.add_argument("--color", choices=WHEN, metavar="WHEN", default=wanted, help=text)


def _add_plain(parser: argparse.ArgumentParser) -> None:
    words = "the terminal client as numbered prompts and plain lines, for screen readers, slow lines and pipes"
    parser.add_argument("--plain", action="store_true", help=words)


def _add_selection(command: argparse.ArgumentParser, tab: Tab = Tab.ALL) -> None:
    from orders_tui.query.tokens import TOKENS
    from orders_wire.arguments import one_of, suggesting

    which = command.add_mutually_exclusive_group()
    which.add_argument("--tab", **one_of(Tab), default=tab, metavar="TAB", help=f"{', '.join(Tab)} ({tab})")
    which.add_argument("--view", metavar="NAME", help="a saved view, with its tab, filter and sort")
    words = "as in the search box: owner:none 'age:>2d' -country:US berlin"
    command.add_argument("words", nargs="*", default=[], metavar="FILTER", help=words)
    group = command.add_argument_group(FILTER_GROUP)
    for name in FILTERS:
        signed = "; -VALUE: without it" if name in EXCLUDING else ""
        text = f"{TOKENS[name].about}; the same as {name}:VALUE{signed}"
        option = group.add_argument(f"--{name}", dest=f"by_{name}", metavar="VALUE", help=text)
        suggesting(option, TOKENS[name].values)
    without = "orders to which this does not apply; the same as -FILTER"
    group.add_argument("--not", dest="without", action="append", default=[], metavar="FILTER", help=without)


def _add_reading(commands: Commands) -> None:
    listing = _add(commands, "list", "orders of a tab")
    _add_selection(listing)
    how = listing.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="a JSON list of orders")
    how.add_argument("--csv", action="store_true", help="CSV, formula cells neutralised")
    listing.add_argument("--limit", type=_limit, default=50, metavar="N", help="at most so many, 1 to 250 (50)")
    listing.add_argument("--all", action="store_true", help="every one that matches")
    showing = _add(commands, "show", "everything about one order")
    showing.add_argument("order", metavar="ORDER", help=_ORDER)
    showing.add_argument("--json", action="store_true", help="JSON as the server gives it")
    exporting = _add(commands, "export", "every order that matches, into a new file that only you can read")
    exporting.add_argument("file", metavar="FILE", help="ends in .csv or .json")
    _add_selection(exporting)
    _add_pick(_add(commands, "pick", "what can be sent now: a pick list, or a slip for each order"))
    _add_alerts(_add(commands, "alerts", "every open alert, the most severe and newest first"))
    mentions = _add(commands, "mentions", "notes that name you")
    mentions.add_argument(
        "what", nargs="?", choices=["list", "read"], default="list", help="list (without), or read: mark as read"
    )
    mentions.add_argument("ids", nargs="*", metavar="ID", help="read: which, as the list has them")
    mentions.add_argument("--unread", action="store_true", help="just those that you have not read")
    mentions.add_argument("--json", action="store_true", help="a JSON list of mentions")
    watching = _add(commands, "watch", "alerts and changes as they happen, until interrupted")
    watching.add_argument("--json", action="store_true", help="every event as a line of JSON")
    watching.add_argument("--poll", action="store_true", help="ask again and again instead of holding a stream")


def _add_pick(command: argparse.ArgumentParser) -> None:
    from orders_tui.picking.choices import SUFFIXES_SAID, By, Form
    from orders_wire.arguments import one_of

    _add_selection(command, Tab.UNFULFILLED)
    listed = "sku: each SKU once, with its orders (sku); order: a slip for each"
    command.add_argument("--by", **one_of(By), default=By.SKU, metavar="BY", help=listed)
    form = f"{', '.join(Form)}; without: as the file is called ({SUFFIXES_SAID}) or the printer takes it, else text"
    command.add_argument("--format", **one_of(Form), metavar="FORMAT", help=form)
    where = command.add_mutually_exclusive_group()
    where.add_argument("--output", metavar="FILE", help="a new file that only you can read, instead of stdout")
    where.add_argument("--print", action="store_true", help="to print_command of the configuration, instead of stdout")
    command.add_argument("--take", action="store_true", help="become the owner of the orders that are picked")


def _add_alerts(command: argparse.ArgumentParser) -> None:
    from orders_wire.arguments import one_of

    for name, words in (("type", AlertType), ("severity", Severity)):
        text = f"{', '.join(words)}; again for more"
        command.add_argument(f"--{name}", **one_of(words), action="append", default=[], metavar=name.upper(), help=text)
    whose = command.add_mutually_exclusive_group()
    whose.add_argument("--assigned-to", metavar="NAME", help="of this owner's orders; 'unassigned': of nobody's")
    whose.add_argument("--mine", action="store_true", help="of your orders")
    command.add_argument("--json", action="store_true", help="a JSON list of events, as the server gives them")


def _add_verbs(commands: Commands) -> None:
    from orders_tui.cli.verbs import VERBS

    for action, verb in VERBS.items():
        by_order = verb.columns is not None
        command = _add(commands, action, verb.text + (": given here, or as CSV on stdin" if by_order else ""))
        if by_order:
            command.add_argument("orders", nargs="*", metavar="ORDER", help=_ORDER)
        verb.add_options(command)
        _add_outcome(command)
    _add_packing(_add(commands, "pack", "a parcel from a file of scans, fulfilled once it is complete"))


def _add_packing(command: argparse.ArgumentParser) -> None:
    from orders_tui.cli.verb import add_notify

    command.add_argument("order", metavar="ORDER", help=_ORDER)
    scans = "one scan a line, - reads stdin; -, :short SKU and :hand SKU are lines as at the bench"
    command.add_argument("--scan-file", required=True, metavar="FILE", help=scans)
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--tracking", metavar="NUMBER", help="the label's number")
    which.add_argument("--no-label", action="store_true", help="the parcel has no number")
    command.add_argument("--carrier", metavar="NAME", help="the carrier's name; without: as the number looks")
    add_notify(command)
    _add_outcome(command)


def _add_outcome(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="the outcome as JSON")
    command.add_argument("--key", metavar="KEY", help="idempotency key: the same key again does nothing twice")


def _add_own(commands: Commands) -> None:
    own = _add(commands, "run", "a command of your own, from the configuration, once for each order")
    own.add_argument("name_of_command", metavar="NAME", help="as in [commands.NAME]")
    own.add_argument("orders", nargs="+", metavar="ORDER", help=_ORDER)
    own.add_argument("--yes", action="store_true", help="do not ask before a dangerous one")


def _add_about(commands: Commands) -> None:
    from orders_wire.arguments import explained

    views = _add(commands, "views", "the saved views, or the folder in which they lie")
    views.add_argument("what", nargs="?", choices=["list", "path"], default="list")
    keys = _add(commands, "keys", "every command of the terminal client with its keys")
    keys.add_argument("--check", action="store_true", help="look for faults in the [keys] of the configuration")
    config = _add(commands, "config", "the configuration in force")
    config.add_argument(
        "what", nargs="?", choices=tuple(CONFIG), default="show", metavar="WHAT", help=f"{', '.join(CONFIG)} (show)"
    )
    config.epilog = explained(CONFIG)
    config.add_argument(
        "--origin", action="store_true", help="show: every key with its value and where that comes from"
    )
    completion = _add(commands, "completion", "what completes this command line in a shell, for the shell to read")
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
    _add(commands, "info", "version, files, and whether the server answers")


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 250:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 250")
    return int(text)
