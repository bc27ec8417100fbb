"""What every command that talks to a server begins with: the configuration, and the line to the server."""

from __future__ import annotations

from argparse import Namespace

from orders_tui.api import SyncApi
from orders_tui.config import Config, load


def configured(given: Namespace) -> Config:
    """The configuration with what the command line says. Raises ConfigError."""
    return load(server=given.server, profile=given.profile, name=given.name)


def connect(given: Namespace) -> SyncApi:
    """The server that is meant; use as an async context manager. Raises ConfigError."""
    config = configured(given)
    return SyncApi(config.server, config.token, config.name, given.transport)
