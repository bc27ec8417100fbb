"""From arguments to an exit status. Whatever goes wrong ends in one line on stderr, never in a traceback.

Nothing is imported before it is known to be needed: `--version` costs an interpreter's start, `--help` argparse as well.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError, ClientError, ReadOnly, Refused, SignInNeeded
from orders_wire.streams import open_closed
from orders_wire.version import __version__

if TYPE_CHECKING:
    from argparse import Namespace

    import httpx

FRAMES_A_SECOND = "240"
"""At most. A change may wait for two of Textual's frames, 33 ms at its own 60 a second. Only what changed is painted, so a faster
clock paints no more."""

DONE, REFUSED, USAGE, NOT_REACHED, INTERRUPTED = 0, 1, 2, 3, 130


def run(arguments: Sequence[str], transport: httpx.AsyncBaseTransport | None = None) -> int:
    """Carries out one command line; the exit status. `transport` stands in for the network in tests."""
    open_closed()
    if list(arguments) == ["--version"]:
        print(f"orders-tui {__version__}")
        return DONE
    from orders_tui.cli import output
    from orders_tui.cli.parser import SERVER_COMMANDS, parsed

    if arguments[:1] and arguments[0] in SERVER_COMMANDS:  # one process: signals reach the server itself
        os.execv(sys.executable, [sys.executable, "-m", "orders_sync", *arguments])  # noqa: S606
    output.choose_color(arguments)
    output.write_what_can_be_shown()
    given = parsed(arguments)
    if given.command in SERVER_COMMANDS:
        output.complain(
            f"orders-tui: the options of {given.command} stand behind it: orders-tui {given.command} --help"
        )
        return USAGE
    given.transport = transport
    if getattr(given, "json", False) or getattr(given, "csv", False):
        output.write_utf8()
    try:
        status = _command(given.command)(given)
        sys.stdout.flush()
    except BrokenPipeError:
        output.close_stdout()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except ClientError as error:
        from orders_tui.cli.connection import remedy

        output.complain(f"orders-tui: {error}{remedy(error)}")
        return _status(error)
    except OSError as error:
        output.close_stdout()
        output.complain(f"orders-tui: the output cannot be written ({error.strerror or error})")
        return REFUSED
    except Exception as error:  # noqa: BLE001 - the outermost frame: a traceback would show values
        if isinstance(error.__cause__, KeyboardInterrupt):  # it came while Python made a class
            return INTERRUPTED
        output.complain(f"orders-tui: something failed inside ({type(error).__name__}); nothing more was done")
        return REFUSED
    return status


def _command(name: str | None) -> Callable[[Namespace], int]:
    """The function behind a command, imported only now."""
    match name:
        case None:
            return _desk
        case "list" | "show" | "export":
            from orders_tui.cli import orders

            return {"list": orders.list_orders, "show": orders.show, "export": orders.export_file}[name]
        case "pick":
            from orders_tui.cli.picking import pick

            return pick
        case "mentions":
            from orders_tui.cli.mentions import mentions

            return mentions
        case "views":
            from orders_tui.cli.views import views

            return views
        case "run":
            from orders_tui.cli import own

            return own.run
        case "pack":
            from orders_tui.cli.pack import pack

            return pack
        case "watch":
            from orders_tui.cli.watch import watch

            return watch
        case "alerts":
            from orders_tui.cli.alerts import alerts

            return alerts
        case "keys" | "info":
            from orders_tui.cli import info

            return {"keys": info.keys, "info": info.info}[name]
        case "config":
            from orders_tui.cli.configuration import config

            return config
        case "completion":
            from orders_tui.cli.completion import completion

            return completion
        case _:
            from orders_tui.cli import actions

            return actions.act


def _desk(given: Namespace) -> int:
    """The terminal client, or its plain twin; without a terminal it says what there is instead (Textual would wait for ever)."""
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_A_SECOND)
    from dataclasses import replace
    from functools import partial

    from orders_tui.config import another, load
    from orders_tui.config.settings import flags

    config = load(profile=given.profile, **flags(given))
    if config.plain:
        from orders_tui.plain.run import run as run_plain

        return run_plain(config, partial(another, config, name=given.name, read_only=given.read_only))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        from orders_tui.cli.output import complain

        complain(
            "orders-tui: this is not a terminal. Without a screen there are `orders-tui --plain` (numbered prompts, also over a "
            "pipe) and `orders-tui list`, show, pick, alerts, watch, mentions, assign, fulfill, pack, hold, release, note, "
            "support, returns, cancel, inventory, undo and export (orders-tui COMMAND --help); `orders-tui serve` and "
            "`orders-tui demo --headless` run a server, `orders-tui init` sets a shop up."
        )
        return USAGE
    gc.disable()  # until the desk stands: what a start makes is there to stay
    from orders_tui.cli.output import on_screen
    from orders_tui.startup import first_page

    on_screen(os.environ)
    if not sys.stderr.encoding.lower().replace("-", "").startswith("utf"):
        config = replace(config, ascii=True, unicode=False)
    page = first_page.request(config)
    from orders_tui.startup import start

    return start.run(config, page, partial(another, config, name=given.name, read_only=given.read_only))


def _status(error: ClientError) -> int:
    if isinstance(error, ReadOnly | Refused | SignInNeeded):
        return REFUSED
    return NOT_REACHED if isinstance(error, ApiError) else USAGE
