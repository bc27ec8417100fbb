"""Where a pick goes: to the operator's print command, or into a browser."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui.config import placeholders
from orders_tui.config.settings import PAGE, PLAIN
from orders_tui.programs import process
from orders_tui.programs.argv import NotRun, found
from orders_tui.programs.editor import OURS
from orders_tui.programs.prints import NotPrinted
from orders_tui.programs.runner import how, written

if TYPE_CHECKING:
    from orders_tui.programs.prints import Prints

LIMIT_S = 60.0
"""So long a print command may take."""
OPENING_S = 5.0
"""So long a browser's start is waited for; one that takes longer is open."""

_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


def takes_page(command: Sequence[str]) -> bool:
    """Whether a print command takes the page, an HTML file, and not plain text."""
    return PAGE in _placeholders(command)


async def send(command: Sequence[str], name: str, text: str, prints: Prints) -> None:
    """Gives a text to the print command: as a file where a placeholder stands in it, else on its standard input.

    Raises NotPrinted for a program that cannot be run, fails, or takes too long.
    """
    try:
        program, *arguments = found(command[0]), *command[1:]
        by_file = bool(_placeholders(command))
        path = await asyncio.to_thread(prints.write, name, text) if by_file else ""
        given = b"" if by_file else text.encode("utf-8", "replace")
        filled = (each.format_map({PAGE: path, PLAIN: path}) for each in arguments)
        ended = await process.run([program, *filled], given, LIMIT_S)
    except NotRun as error:
        raise NotPrinted(f"nothing was printed: {error}") from error
    if not ended.done:
        said = next((f": {line}" for line in reversed(written(ended)) if line.strip()), "")
        raise NotPrinted(f"{Path(program).name} did not print: {how(ended, LIMIT_S)}{said}")


def _placeholders(command: Sequence[str]) -> frozenset[str]:
    return frozenset().union(*map(placeholders.names, command[1:]))


def has_display(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a browser that is opened here is seen by who sits at the terminal."""
    if platform == "darwin":
        return not environ.get("SSH_CONNECTION")
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


async def show(path: Path, environ: Mapping[str, str] = os.environ) -> bool:
    """Opens a page in the operator's browser; False where there is none that could be seen."""
    return has_display(environ) and await asyncio.to_thread(_opened, path.as_uri(), environ)


def _opened(address: str, environ: Mapping[str, str]) -> bool:
    """Out of a process without a terminal: what browsers write would stand on the desk, and some would take it over."""
    import subprocess

    nothing = subprocess.DEVNULL
    passed_on = {name: value for name, value in environ.items() if not name.startswith(OURS)}
    try:
        return not subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-I", "-c", _OPEN, address],
            stdin=nothing,
            stdout=nothing,
            stderr=nothing,
            env=passed_on,
            start_new_session=True,
            timeout=OPENING_S,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
