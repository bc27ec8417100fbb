"""From arguments to an exit status. Whatever goes wrong ends in one line on stderr, never in a traceback.

Nothing is imported before it is known to be needed: `--version` costs an interpreter's start, `--help` argparse as well.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from orders_tui.errors import ApiError, ClientError, Refused, SignInNeeded
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
    if list(arguments) == ["--version"]:
        print(f"orders-tui {__version__}")
        return DONE
    from orders_tui.cli.parser import SERVER_COMMANDS, parsed

    if arguments[:1] and arguments[0] in SERVER_COMMANDS:
        _become_the_server(arguments)
    _write_what_can_be_shown()
    given = parsed(arguments)
    given.transport = transport
    if getattr(given, "json", False) or getattr(given, "csv", False):
        _write_utf8()
    try:
        status = _command(given.command)(given)
        sys.stdout.flush()
    except BrokenPipeError:
        _close_stdout()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except ClientError as error:
        from orders_tui.cli.desk import remedy
        from orders_tui.sanitise import lines

        print(lines(f"orders-tui: {error}{remedy(error)}"), file=sys.stderr)
        return _status(error)
    except OSError as error:
        _close_stdout()
        print(f"orders-tui: the output cannot be written ({error.strerror or error})", file=sys.stderr)
        return REFUSED
    except Exception as error:  # noqa: BLE001 - the outermost frame: a traceback would show values
        print(f"orders-tui: something failed inside ({type(error).__name__}); nothing more was done", file=sys.stderr)
        return REFUSED
    return status


def _write_what_can_be_shown() -> None:
    """What is for people takes the encoding of the terminal, and loses what that does not know."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _write_utf8() -> None:
    """JSON and CSV are UTF-8 wherever they go."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def _command(name: str | None) -> Callable[[Namespace], int]:
    """The function behind a command, imported only now."""
    match name:
        case None:
            return _desk
        case "list" | "show" | "export":
            from orders_tui.cli import reading

            return {"list": reading.list_orders, "show": reading.show, "export": reading.export_file}[name]
        case "watch":
            from orders_tui.cli import watching

            return watching.watch
        case "keys" | "config" | "info":
            from orders_tui.cli import about

            return {"keys": about.keys, "config": about.config, "info": about.info}[name]
        case _:
            from orders_tui.cli import actions

            return actions.act


def _desk(given: Namespace) -> int:
    """The terminal client; without a terminal it says what there is instead (Textual would wait for ever)."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print(
            "orders-tui: this is not a terminal. Without a screen there are `orders-tui list`, show, watch, assign, fulfill, "
            "support, returns, inventory, undo and export (orders-tui COMMAND --help); `orders-tui serve` and "
            "`orders-tui demo --headless` run a server.",
            file=sys.stderr,
        )
        return USAGE
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_A_SECOND)
    gc.disable()  # until the desk stands: what a start makes is there to stay
    from dataclasses import replace

    from orders_tui import config

    chosen = config.load(server=given.server, profile=given.profile, name=given.name)
    from orders_tui.glance import look

    found = look.first(chosen)
    from orders_tui import app

    return app.run(chosen if _knows_unicode() else replace(chosen, ascii=True, unicode=False), found)


def _knows_unicode() -> bool:
    """Whether the terminal's encoding has more than ASCII to show."""
    return sys.stderr.encoding.lower().replace("-", "").startswith("utf")


def _become_the_server(arguments: Sequence[str]) -> None:
    """One process: signals reach the server itself."""
    os.execv(sys.executable, [sys.executable, "-m", "orders_sync", *arguments])  # noqa: S606


def _status(error: ClientError) -> int:
    if isinstance(error, Refused | SignInNeeded):
        return REFUSED
    return NOT_REACHED if isinstance(error, ApiError) else USAGE


def _close_stdout() -> None:
    """Whoever read us has gone: nothing more is written, also not by the interpreter at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
