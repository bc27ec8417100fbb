"""`python -m orders_sync`: one command, its settings, and an end with one line where it cannot begin."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from orders_sync import logs
from orders_sync.commands import flags, serve, token
from orders_sync.db.failures import DatabaseError
from orders_sync.serving import CannotListen
from orders_sync.settings import Settings, SettingsError, load
from orders_wire.vocabulary import Role

FAILED = 1
USAGE = 2

_WITH_SETTINGS = {
    "serve": "the Sync server, in the foreground",
    "verify": "recount every counter and compare",
    "poll": "read from Shopify what changed (the first time: everything), once",
    "shopify": "look at the connection to the shop, or subscribe to its webhooks",
}


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit status. A usage error is 2, a start that failed 1, each with one line on stderr."""
    if arguments[:1] == ["demo"]:
        from orders_sync.demo.command import main as demo

        return demo(arguments[1:])
    given = _parser().parse_args(arguments)
    if given.command == "token":
        return token.run(given.name, given.role)
    try:
        settings = load(flags.given(given), os.environ, given.config)
        logs.configure(settings.log_format, settings.secrets())
        return _run(given, settings)
    except SettingsError as error:
        return _end(str(error), USAGE)
    except (CannotListen, DatabaseError) as error:
        return _end(str(error), FAILED)
    except (SQLAlchemyError, OSError) as error:
        return _end(f"The database cannot be opened: {_first_line(error)}", FAILED)


def _run(given: argparse.Namespace, settings: Settings) -> int:
    if given.command == "verify":
        from orders_sync.commands import verify

        return verify.run(settings)
    if given.command == "poll":
        from orders_sync.commands import poll

        return poll.run(settings)
    if given.command == "shopify":
        from orders_sync.commands import shopify

        return shopify.check(settings) if given.what == "check" else shopify.subscribe(settings, given.url)
    if given.command == "verify":
        from orders_sync.commands import verify

        return verify.run(settings)
    return serve.run(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="orders-tui", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in _WITH_SETTINGS.items():
        command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        if name == "poll":
            command.add_argument("what", choices=["once"])
        if name == "shopify":
            command.add_argument("what", choices=["check", "subscribe"])
            command.add_argument("--url", help="subscribe: the public address that ends in /shopify/webhook")
        flags.add_settings(command)
    commands.add_parser("demo", help="a server on a simulated shop", add_help=False)
    drawing = commands.add_parser("token", help="draw a token for the tokens file", allow_abbrev=False)
    drawing.add_argument("--name", required=True)
    drawing.add_argument("--role", type=Role, choices=list(Role), default=Role.OPERATOR)
    return parser


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return next(iter(str(cause).strip().splitlines()), type(cause).__name__)


def _end(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
