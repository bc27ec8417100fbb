"""`init` from its first line to its last: questions, the file, subscriptions, the first reading, and what comes next."""

from __future__ import annotations

import logging
import os
import shlex
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from orders_sync import logs
from orders_sync.commands import serve, shopify
from orders_sync.commands.database import begun
from orders_sync.commands.init import first_reading, ports, program, prompt
from orders_sync.commands.init.config_file import ConfigFile
from orders_sync.commands.init.first_reading import Held
from orders_sync.commands.init.interview import ASKED, CLIENT, Interview, from_where
from orders_sync.commands.init.prompt import COMMAND, DONE, INTERRUPTED, REFUSED, USAGE, Ended, Left, Prompt, yes
from orders_sync.commands.init.shop_check import ShopCheck
from orders_sync.external.shopify.errors import ShopifyError
from orders_sync.external.shopify.shop import READ_SCOPES, WRITE_SCOPES
from orders_sync.settings import Settings, SettingsError, config_path, explain, from_environment, load

_TOGETHER = (*ASKED, CLIENT, "shopify_writes")
"""What is looked at with its question, or makes sense with the answers alone."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says beside settings. `config`: the file by its flag; `serve`: None asks."""

    config: Path | None = None
    webhook_url: str | None = None
    replace: bool = False
    serve: bool | None = None
    create: bool = False


def run(flags: Mapping[str, Any], options: Options, speaker: Prompt | None = None) -> int:
    """The exit status. Raises SettingsError for a setting that no question is about, and what opening a database raises."""
    work = Init(flags, options, speaker or prompt.here())
    try:
        with _ended_by_sigterm():
            settings = work.configure()
            work.subscribe(settings)
            work.read(settings)
    except Ended as ended:
        print(prompt.plain(str(ended)), file=sys.stderr)
        return ended.status
    except (Left, KeyboardInterrupt):
        print(work.left(), file=sys.stderr)
        return INTERRUPTED
    return work.go_on(settings)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends it as an exit does, so that a terminal that hides what is typed shows it again."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Init:
    """One run of it."""

    def __init__(self, flags: Mapping[str, Any], options: Options, speaker: Prompt) -> None:
        environ = from_environment(os.environ)
        self.options = options
        self.prompt = speaker
        self.path = config_path(options.config, os.environ)
        self._given = {name: from_where(name, flags, environ) for name in {**environ, **flags}}
        self._url: str | None = None
        self._written = self._partly = False

    def configure(self) -> Settings:
        """Questions, and then the file. Raises Ended, Left, SettingsError."""
        say = self.prompt.say
        file = ConfigFile.at(self.path)
        self._greet(file)
        others = self._others(file)
        shop = ShopCheck(others.shopify_api_url)
        interview = Interview(self.prompt, file, self._given, self.options.webhook_url, shop, others.host)
        self._url = interview.run()
        wanted = interview.wanted
        settings = _settings({name: value for name, value in {**file.settings, **wanted}.items() if value is not None})
        begun(settings, create=self.options.create)
        logs.configure(settings.log_format, settings.secrets(), logging.ERROR)
        changes = file.changes(wanted)
        if file.there and not file.problem and not changes:
            say(f"{self.path} says all that already.")
        else:
            self._write(file, wanted, changes)
        self._written = True
        return settings

    def subscribe(self, settings: Settings) -> None:
        """The shop's webhooks to the address that was given, with each topic that fails and why. Raises Ended."""
        while self._url is not None:
            self.prompt.progress("Subscribing to the shop's webhooks")
            try:
                made, there, failed = shopify.subscribed(settings, self._url)
            except ShopifyError as error:
                self.prompt.progress("")
                self.prompt.say(f"  ✗ Webhooks could not be subscribed to: {error}.")
                if self.prompt.asks and yes(self.prompt, "Try again?", default=True):
                    continue
                self._partly = True
                self.prompt.say(f"  Later: {program.program()} shopify subscribe --url {shlex.quote(self._url)}")
                return
            self.prompt.progress("")
            for reason in dict.fromkeys(reason for _, reason in failed):
                topics = ", ".join(topic for topic, why in failed if why == reason)
                self.prompt.say(f"  ✗ {reason}: {topics}")
            self._partly = bool(failed)
            self.prompt.say(
                f"  {'✗' if failed else '✓'} Webhooks: subscribed to {made} topics; {there} were there already."
            )
            return

    def read(self, settings: Settings) -> None:
        """The first reading, until it is whole or given up. Raises Ended, Left."""
        while True:
            held = first_reading.read_everything(settings, self.prompt)
            if held.error is None:
                break
            self.prompt.say(f"  ✗ Reading the shop stopped: {held.error}.")
            if not self.prompt.asks:
                raise Ended(self._resume())
            if not yes(self.prompt, "Try again?", default=True):
                raise Ended(self._resume())
        self._tell_next(settings, held)

    def go_on(self, settings: Settings) -> int:
        """Serves, where that is wanted; the exit status. What was done in part is not done."""
        wanted = self.options.serve
        try:
            if wanted is None and self.prompt.asks and ports.problem(settings.host, settings.port) is None:
                wanted = yes(self.prompt, "Start the server now, in this terminal?", default=True)
        except Left:
            wanted = False
        if not wanted:
            return REFUSED if self._partly else DONE
        logs.configure(settings.log_format, settings.secrets())
        return serve.run(load({}, os.environ, self.path))

    def left(self) -> str:
        """Where a person who leaves leaves things."""
        return f"Left. {self._resume()}" if self._written else "Left; nothing was written."

    def _greet(self, file: ConfigFile) -> None:
        say = self.prompt.say
        if self.prompt.asks:
            say(
                "This connects the desk to a shop. Each answer is checked as it is given. Nothing is written before the last."
            )
            say(f"Ctrl+c leaves. Secrets are not shown. The settings go to {self.path}.")
            say(f"The app in Shopify needs the scopes {', '.join(READ_SCOPES)};")
            say(f"to write to the shop as well: {', '.join(WRITE_SCOPES)}.")
            say()
        if not file.there:
            return
        say(f"{self.path} is there: {file.summary()}.")
        if file.problem:
            say(f"  It cannot be kept as it is: {file.problem}.")

    def _others(self, file: ConfigFile) -> Settings:
        """The settings that no question is about: a wrong one is told before the first question. Raises SettingsError."""
        known = {**file.settings, **{name: one.value for name, one in self._given.items()}}
        return _settings({name: value for name, value in known.items() if name not in _TOGETHER})

    def _write(self, file: ConfigFile, wanted: Mapping[str, Any], changes: list[str]) -> None:
        if file.there:
            self._allow(changes)
        kept = file.write(wanted)
        self.prompt.say(f"  ✓ Written to {self.path}, for you alone to read.")
        if kept is not None:
            self.prompt.say(f"    What stood there is kept as {kept}.")

    def _allow(self, changes: list[str]) -> None:
        """That an existing file is changed. Raises Ended."""
        for change in changes:
            self.prompt.say(f"  {change}")
        if self.options.replace:
            return
        if not self.prompt.asks:
            raise Ended(
                f"{self.path} is there and says otherwise; --replace changes it, and keeps a copy beside it", USAGE
            )
        if not yes(self.prompt, f"Change {self.path.name} so? A copy of it is kept.", default=False):
            raise Ended("Nothing was written.", REFUSED)

    def _tell_next(self, settings: Settings, held: Held) -> None:
        say = self.prompt.say
        say(f"  ✓ The desk holds {held.orders:,} orders, {held.to_fulfil:,} to fulfil.")
        if held.unreadable:
            say(
                f"  ✗ {held.unreadable:,} more could not be read: the desk says why, and every poll asks for them again."
            )
        if not settings.shopify_writes:
            say(f'Nothing is written to the shop; to switch that on: shopify_writes = "on" in {self.path}.')
        say()
        say("The server, which has to run (as a service: docs/operations.md, systemd):")
        say(f"{COMMAND}{program.serve(self.path)}")
        say("The desk, in another terminal:")
        say(f"{COMMAND}{program.client(settings)}")

    def _resume(self) -> str:
        """What goes on with what is kept."""
        again = f"{program.program()} init"
        return (
            f"The settings and what was read are kept. What goes on from there: {program.serve(self.path)} (or {again})"
        )


def _settings(values: Mapping[str, Any]) -> Settings:
    """Raises SettingsError."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(explain(error)) from None
