"""What every command that talks to a server begins with: the configuration, and the connection."""

from __future__ import annotations

import sys
from argparse import Namespace

from orders_tui.api.client import SyncApi
from orders_tui.config import TOKEN_VARIABLE, Config, default_path, load
from orders_tui.errors import SignInNeeded


def configured(given: Namespace) -> Config:
    """The configuration with what the command line says. Raises ConfigError."""
    return load(server=given.server, profile=given.profile, name=given.name)


def connect(given: Namespace) -> SyncApi:
    """The server that is meant; use as an async context manager. Raises ConfigError."""
    config = configured(given)
    if config.security_warning:
        print(f"orders-tui: {config.security_warning}", file=sys.stderr)
    return SyncApi(config.server, config.token, config.name, given.transport)


def remedy(error: Exception | None) -> str:
    """What can be done about a failure, to stand behind its sentence; empty where nothing is known."""
    if not isinstance(error, SignInNeeded):
        return ""
    return f"; set {TOKEN_VARIABLE} to a token that the server knows, or token_file in {default_path()}"
