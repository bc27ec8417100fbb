"""`python -m orders_sync`: one command, its settings, and an end with one line where it cannot begin."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from orders_sync import logs
from orders_sync.commands.catalogue import COMMANDS
from orders_sync.db.failures import DatabaseError, DriverError
from orders_sync.db.location import LocationError
from orders_sync.serving import CannotListen
from orders_sync.settings import SettingsError
from orders_wire.arguments import DESCRIBE, USAGE, Parser, commands, described
from orders_wire.streams import open_closed

FAILED = 1


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit status. A usage error is 2, a start that failed 1, each with one line on stderr."""
    open_closed()
    if arguments[:1] == ["demo"]:
        from orders_demo.command import main as demo

        return demo(arguments[1:], Parser)
    if list(arguments) == [DESCRIBE]:
        return _describe()
    given = _parser().parse_args(arguments)
    try:
        status = COMMANDS[given.command].run(given)
        sys.stdout.flush()
        return status
    except (SettingsError, LocationError) as error:
        return _end(str(error), USAGE)
    except (CannotListen, DatabaseError) as error:
        return _end(str(error), FAILED)
    except BrokenPipeError:  # whoever read us has gone; nothing more is written, also not at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (DriverError, OSError) as error:
        return _end(f"The database cannot be opened: {_first_line(error)}", FAILED)


def _parser() -> Parser:
    parser = Parser(prog="orders-tui")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.add_to(commands.add_parser(name, help=command.help, description=command.help))
    commands.add_parser("demo", help="a server on a simulated shop", add_help=False)
    return parser


def _describe() -> int:
    """Every command as JSON, for the client, which completes and explains what it does not import."""
    from orders_demo.command import parser as demo

    every = {**commands(_parser()), "demo": demo(Parser)}
    print(json.dumps({name: described(parser) for name, parser in every.items()}))
    return 0


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return next(iter(str(cause).strip().splitlines()), type(cause).__name__)


def _end(message: str, status: int) -> int:
    from orders_sync.commands.init.prompt import plain

    print(plain(message), file=sys.stderr)
    return status


if __name__ == "__main__":
    os.umask(0o077)
    logs.catch_uncaught()
    raise SystemExit(main(sys.argv[1:]))
