"""Files of the operator alone: 0600 in folders of 0700, whatever the umask says."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


def make_folder(folder: Path) -> None:
    """The folder and those above it that are missing. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)


def write(path: Path, text: str) -> None:
    """Writes a file anew, in a folder that is made where it is missing. Raises OSError, UnicodeEncodeError."""
    make_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file; empty where there is none that can be read."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def write_json(path: Path, body: Mapping[str, Any]) -> bool:
    """Whole or not at all: a client that is killed meanwhile leaves the old file. False when it could not be written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(beside, json.dumps(body, ensure_ascii=False, indent=1))
        beside.replace(path)
    except (OSError, UnicodeEncodeError):
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        return False
    return True
