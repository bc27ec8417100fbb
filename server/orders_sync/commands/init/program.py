"""The commands that come next, as they can be copied here."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from orders_sync.settings import Settings, config_path

_NAME = "orders-tui"


def program() -> str:
    """What this program is called where its folder may not be on the PATH: by its name if that finds it, else by its path."""
    ours, found = Path(sys.executable).with_name(_NAME), shutil.which(_NAME)
    if not ours.exists() or (found is not None and Path(found).resolve() == ours.resolve()):
        return _NAME
    here = Path.cwd()
    return shlex.quote(str(ours.relative_to(here) if ours.is_relative_to(here) else ours))


def serve(config: Path) -> str:
    """What starts the server with this file."""
    usual = config == config_path(None, {})
    return f"{program()} serve" + ("" if usual else f" --config {shlex.quote(str(config))}")


def client(settings: Settings) -> str:
    """What opens the desk on this machine."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    near = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not listened on
    return f"{program()} --server http://{near}:{settings.port}"
