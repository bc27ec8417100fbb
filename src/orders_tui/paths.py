"""Where the client keeps what it keeps, for one server: platformdirs, or one folder for everything where that is configured."""

from __future__ import annotations

import re
from pathlib import Path

from platformdirs import user_cache_path, user_log_path, user_state_path

from orders_tui.config import APP, Config, default_path


def state_file(config: Config) -> Path:
    """How the desk was left."""
    return state_folder(config) / f"{_name(config)}.json"


def drafts_file(config: Config) -> Path:
    """What was typed and not sent."""
    return state_folder(config) / f"{_name(config)}-drafts.json"


def packing_folder(config: Config) -> Path:
    """Parcels that were begun at the bench."""
    return state_folder(config) / f"{_name(config)}-packing"


def views_folder(config: Config) -> Path:
    """Saved views: beside the configuration, where no folder is named."""
    beside = config.state_dir or (config.path or default_path()).parent
    return Path(config.views).expanduser() if config.views else beside / "views"


def reports(config: Config) -> Path:
    """The folder of crash reports."""
    return config.state_dir or user_log_path(APP)


def prints_folder(config: Config) -> Path:
    """Where what is printed lies until the session ends."""
    return (config.state_dir or user_cache_path(APP)) / "prints"


def state_folder(config: Config) -> Path:
    """Where state and drafts of every desk lie."""
    return config.state_dir or user_state_path(APP)


def _name(config: Config) -> str:
    named = config.desk or config.server.rpartition("://")[2]
    return re.sub(r"[^a-z0-9.]+", "-", named.casefold()).strip("-") or "desk"
