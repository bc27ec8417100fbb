"""When the client itself fails: a report in a file, one line on the screen, and no customer in either.

The report holds the exception's type, the stack as file, line and function, and versions: no values, no messages of foreign
exceptions, no local variables, which hold orders and tokens.
"""

from __future__ import annotations

import platform
import traceback
from datetime import datetime
from pathlib import Path

from orders_tui import private_files
from orders_tui.errors import ClientError
from orders_wire.version import __version__


def report(error: BaseException, at: datetime) -> str:
    """The report's text."""
    lines = [
        f"orders-tui {__version__}, Python {platform.python_version()}, {platform.system()}",
        f"at {at.isoformat(timespec='seconds')}",
        "",
        *_chain(error),
    ]
    return "\n".join(lines) + "\n"


def _chain(error: BaseException) -> list[str]:
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        said = f": {seen}" if isinstance(seen, ClientError) else ""
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}{said}")
        frames = traceback.extract_tb(seen.__traceback__)
        lines += [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


def write(error: BaseException, at: datetime, folder: Path) -> Path | None:
    """Writes the report, readable by its owner only; None when that cannot be done."""
    path = folder / f"crash-{at:%Y%m%d-%H%M%S}.txt"
    try:
        private_files.write(path, report(error, at))
    except (OSError, UnicodeEncodeError):
        return None
    return path
