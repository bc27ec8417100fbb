"""The three streams of a process, whoever started it."""

from __future__ import annotations

import os
import sys


def open_closed() -> None:
    """One that is closed (`>&-`) leads nowhere: else what is opened next would get its number, and with it what is printed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - for as long as the process lives
