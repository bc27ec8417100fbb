"""The configuration file: `settings.py` says what may stand in it, `reading.py` reads it, `Config` is what came of it."""

from orders_tui.config.config import APP, DEFAULT_SERVER, Config
from orders_tui.config.reading import another, default_path, load, profiles
from orders_tui.config.settings import TOKEN_VARIABLE

__all__ = [
    "APP",
    "DEFAULT_SERVER",
    "TOKEN_VARIABLE",
    "Config",
    "another",
    "default_path",
    "load",
    "profiles",
]
