"""What every command that talks to a server begins with: the configuration, and the connection."""

from __future__ import annotations

from argparse import Namespace

from orders_tui.api.client import SyncApi
from orders_tui.cli.output import say
from orders_tui.config import TOKEN_VARIABLE, Config, default_path, load
from orders_tui.config.settings import flags
from orders_tui.errors import SignInNeeded, TimedOut, Unreachable, VersionSkew

WITHOUT_A_SERVER = (
    "`orders-tui demo` opens a simulated shop, `orders-tui init` sets one up, --server URL names another address"
)


def configured(given: Namespace) -> Config:
    """The configuration with what the command line says. Raises ConfigError."""
    return load(profile=given.profile, **flags(given))


def connect(given: Namespace) -> SyncApi:
    """The server that is meant; use as an async context manager. Raises ConfigError."""
    config = configured(given)
    if config.security_warning:
        say(f"orders-tui: {config.security_warning}", "warn")
    return SyncApi(config.server, config.token, config.name, given.transport, read_only=config.read_only)


def remedy(error: Exception | None) -> str:
    """What can be done about a failure, to stand behind its sentence; empty where nothing is known."""
    if isinstance(error, Unreachable | TimedOut | VersionSkew):
        return f"; {WITHOUT_A_SERVER}"
    if not isinstance(error, SignInNeeded):
        return ""
    return f"; set {TOKEN_VARIABLE} to a token that the server knows, or token_file in {default_path()}"
