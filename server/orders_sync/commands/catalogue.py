"""Every command of the server: what it does, what it is given, and what carries it out, imported only then."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from orders_sync import logs
from orders_sync.commands import flags, serve, token
from orders_sync.db.location import password
from orders_sync.settings import PREFIX, Settings, load
from orders_wire.arguments import explained
from orders_wire.vocabulary import Role

log = structlog.get_logger(__name__)

Given = argparse.Namespace


SETTINGS_TOLD = {
    "show": "what holds, as JSON",
    "path": "where the file is looked for",
    "validate": "reads everything as the server would",
    "schema": "the JSON Schema of sync.toml, for editors",
}
"""What `settings` tells."""


def _nothing(_parser: argparse.ArgumentParser) -> None:
    """A command without arguments of its own."""


@dataclass(frozen=True, slots=True)
class Command:
    """`run` returns the exit status. `settings`: it takes a flag for every setting of the server."""

    help: str
    run: Callable[[Given], int]
    arguments: Callable[[argparse.ArgumentParser], None] = _nothing
    settings: bool = True

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        self.arguments(parser)
        if self.settings:
            flags.add_settings(parser)


def configured(given: Given) -> Settings:
    """The settings in force; from here on the logs have their form. Raises SettingsError."""
    by_flag = flags.given(given)
    flags.refuse_secrets(by_flag)
    settings = load(by_flag, os.environ, given.config)
    logs.configure(settings.log_format, settings.secrets())
    _warn_of_password(by_flag.get("database_url", ""))
    for name in settings.weak_secrets():
        log.warning("a signing secret is shorter than the 24 bytes that Standard Webhooks wants", setting=name)
    return settings


def _warn_of_password(*urls: str) -> None:
    if any(password(url) is not None for url in urls):
        log.warning(f"a password in a flag is seen by everyone who lists the processes: use {PREFIX}DATABASE_URL")


def _serve(given: Given) -> int:
    from orders_sync.commands.database import begun

    return serve.run(begun(configured(given), create=given.create))


def _init(given: Given) -> int:
    from orders_sync.commands.init.run import Options, run

    by_flag = flags.given(given)
    flags.refuse_secrets(by_flag)
    _warn_of_password(by_flag.get("database_url", ""))
    return run(by_flag, Options(given.config, given.webhook_url, given.replace, given.serve, given.create))


def _verify(given: Given) -> int:
    from orders_sync.commands.database import existing, verify

    return verify(existing(configured(given)))


def _poll(given: Given) -> int:
    from orders_sync.commands.database import begun
    from orders_sync.commands.shopify import poll

    return poll(begun(configured(given), create=given.create))


def _shopify(given: Given) -> int:
    from orders_sync.commands import shopify

    settings = configured(given)
    return shopify.check(settings) if given.what == "check" else shopify.subscribe(settings, given.url)


def _backup(given: Given) -> int:
    from orders_sync.commands.database import backup

    return backup(configured(given), given.file)


def _restore(given: Given) -> int:
    from orders_sync.commands.database import restore

    return restore(configured(given), given.source, create=given.create)


def _migrate(given: Given) -> int:
    from orders_sync.commands.database import migrate

    _warn_of_password(given.source, given.target)
    return migrate(given.source, given.target, create=given.create)


def _settings(given: Given) -> int:
    from orders_sync.commands.configuration import Asked, tell

    by_flag = flags.given(given)
    flags.refuse_secrets(by_flag)
    return tell(Asked(given.what, by_flag, given.config, given.origin))


def _token(given: Given) -> int:
    return token.run(given.name, Role(given.role))


def _creating(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--create", action="store_true", help="make a new SQLite database where there is none")


def _init_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--webhook-url", metavar="URL", help="this server's public https address; empty: poll instead")
    parser.add_argument("--replace", action="store_true", help="change a configuration that is there; a copy is kept")
    going_on = parser.add_mutually_exclusive_group()
    going_on.add_argument("--serve", action="store_true", default=None, help="go on as the server")
    going_on.add_argument("--no-serve", action="store_false", dest="serve", help="end when everything is read")
    _creating(parser)


def _poll_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["once"])
    _creating(parser)


def _shopify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["check", "subscribe"])
    parser.add_argument("--url", help="subscribe: the public address that ends in /shopify/webhook")


def _backup_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", dest="file", type=Path, required=True, metavar="FILE", help="a file that is not there")


def _restore_arguments(parser: argparse.ArgumentParser) -> None:
    text = "a backup to put in the place of the SQLite database; without it, the database is in place already"
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help=text)
    _creating(parser)


def _migrate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="source", required=True, metavar="URL", help="the database to copy")
    parser.add_argument("--to", dest="target", required=True, metavar="URL", help="an empty database")
    _creating(parser)


def _settings_arguments(parser: argparse.ArgumentParser) -> None:
    what = f"{', '.join(SETTINGS_TOLD)} (show)"
    parser.add_argument("what", nargs="?", choices=tuple(SETTINGS_TOLD), default="show", metavar="WHAT", help=what)
    parser.epilog = explained(SETTINGS_TOLD)
    parser.add_argument(
        "--origin", action="store_true", help="show: every setting with its value and where that comes from"
    )


def _token_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="whose it is")
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.OPERATOR.value)


COMMANDS = {
    "init": Command("connect a shop: questions, the configuration, the first reading", _init, _init_arguments),
    "serve": Command("the Sync server, in the foreground", _serve, _creating),
    "verify": Command("recount every counter and compare", _verify),
    "poll": Command("read from Shopify what changed (the first time: everything), once", _poll, _poll_arguments),
    "shopify": Command(
        "look at the connection to the shop, or subscribe to its webhooks", _shopify, _shopify_arguments
    ),
    "backup": Command("copy the SQLite database while it is served", _backup, _backup_arguments),
    "restore": Command(
        "end a restore: the desk gets a new id, so that clients start over", _restore, _restore_arguments
    ),
    "migrate": Command("move a desk to another database", _migrate, _migrate_arguments, settings=False),
    "settings": Command(
        "the server's settings: what each is, and where that was said; their JSON Schema",
        _settings,
        _settings_arguments,
    ),
    "token": Command("draw a token for the tokens file", _token, _token_arguments, settings=False),
}
