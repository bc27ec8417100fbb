"""What an own command runs for an order: the program found, and nothing of the order but its id and number in the arguments."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from orders_tui.errors import ClientError

PASSED_ON = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR",
    "CUPS_SERVER", "PRINTER", "LPDEST",
)  # fmt: skip
"""Of the client's environment, with all of `LC_*`; nothing else, and so no token."""

_ID = re.compile(r"gid://shopify/Order/\d{1,20}|\d{1,20}")
_NUMBER = re.compile(r"(?=[!-~]{0,39}\d)[#A-Za-z0-9][!-~]{0,39}")
"""As shops number orders, with what they set before and behind: no blank, and no dash first, which would be an option."""


class NotRun(ClientError):
    """A program that could not be run; the sentence says why."""


def fill(argv: Sequence[str], order_id: str, number: str) -> list[str]:
    """The arguments for an order. Raises NotRun for a program that is not there, and for an id or number that is none."""
    for name, value, fits in (("id", order_id, _ID), ("number", number, _NUMBER)):
        if any(f"{{{name}}}" in argument for argument in argv) and not fits.fullmatch(value):
            raise NotRun(f"the order's {name} cannot be an argument")
    program = found(argv[0])
    return [program, *(argument.format(id=order_id, number=number) for argument in argv[1:])]


def found(program: str) -> str:
    """The path of a program. Raises NotRun saying what is wrong with it."""
    return located(program.format())  # braces that are meant as such are written twice


def located(program: str) -> str:
    """The path of a program that is named without placeholders. Raises NotRun."""
    path = str(Path(program).expanduser()) if program.startswith("~/") else program
    if (at := shutil.which(path)) is not None:
        return at
    if "/" not in path:
        raise NotRun(f"there is no program {path} on PATH")
    if not Path(path).exists():
        raise NotRun(f"there is no program {path}")
    raise NotRun(f"{path} {'is a folder' if Path(path).is_dir() else 'may not be executed (chmod +x)'}")


def environment() -> Mapping[str, str]:
    """What a program gets of the environment."""
    return {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("LC_")}
