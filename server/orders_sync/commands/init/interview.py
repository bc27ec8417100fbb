"""The questions of `init`, each with its answer checked as it is given: by its form, then by the shop or the machine.

What flags, variables and the file that is there say already is not asked again: the first two are taken, with a word about where
they stand, and the file's are what an empty answer keeps. Without a terminal nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from orders_sync.commands.init import answers, ports, program, shop_check
from orders_sync.commands.init.answers import NotTaken, Wrong
from orders_sync.commands.init.config_file import ConfigFile, as_text
from orders_sync.commands.init.prompt import (
    USAGE,
    Ended,
    Given,
    OutOfReach,
    Prompt,
    Question,
    settled,
    yes,
)
from orders_sync.commands.init.shop_check import App, ShopCheck
from orders_sync.external.shopify.shop import ShopInfo
from orders_sync.setting_values import is_loopback
from orders_sync.settings import PREFIX

SHOP, TOKEN, CLIENT, SECRET = "shop_domain", "shopify_admin_token", "shopify_client_id", "shopify_webhook_secret"
ZONE = "timezone"
ASKED = {
    SHOP: "the shop: --shop NAME.myshopify.com, or ORDERS_SYNC_SHOP_DOMAIN",
    TOKEN: "its Admin API access token: ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN (or of an app that has none the client ID: "
    "--shopify-client-id)",
    SECRET: "the secret that signs its webhooks: ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET",
}
"""What the desk cannot do without, and where it may stand when nobody can be asked."""

_UNSAID = "Its form is right. Whether it is this app's, the first webhook shows: Shopify signs it with that secret."
_NOWHERE = "none"
_QUESTIONS = {
    SHOP: Question("Shop (NAME.myshopify.com)"),
    TOKEN: Question(
        "Admin API access token", f" (type {_NOWHERE} where the app has a client ID and a secret instead)", hidden=True
    ),
    CLIENT: Question("Client ID of the app"),
    SECRET: Question("Webhook secret (the app's client secret)", hidden=True),
}
_POLLS = (
    "No webhooks, then: the desk asks Shopify every 15 minutes for what changed. To add them later, once this server has a "
    "public https address: {program} shopify subscribe --url https://NAME/shopify/webhook"
)


@dataclass(slots=True)
class Interview:
    """`given`: what flags and variables say, by the setting's name; `webhook_url`: that of its flag. `wanted` grows: what the
    file is to hold. `host`: where the server listens."""

    prompt: Prompt
    file: ConfigFile
    given: Mapping[str, Given]
    webhook_url: str | None
    shop: ShopCheck
    host: str
    wanted: dict[str, Any] = field(default_factory=dict)
    _doubted: frozenset[str] = frozenset()

    @property
    def simulated(self) -> bool:
        """A shop on this machine, which is none of Shopify's."""
        return self.shop.api_url is not None and is_loopback(answers.host(self.shop.api_url))

    def run(self) -> str | None:
        """Asks for what lacks; the address for webhooks, if there is one. Raises Ended, Left."""
        self._require_all()
        self.wanted.update({name: one.value for name, one in self.given.items() if name not in ASKED})
        self.wanted[SHOP] = self._ask(SHOP, self._shop)
        info = self._access()
        if self._known(ZONE) is None:
            self.wanted[ZONE] = info.time_zone
            self.prompt.say(f"  The desk's days are the shop's: {info.time_zone} ({ZONE}).")
        self.wanted["port"] = self._port()
        return self._webhooks()

    def _access(self) -> ShopInfo:
        """By a token or, with no token, by an app's client ID; then what signs the webhooks, which is that app's secret."""
        info: ShopInfo | None = None
        if not self._names_client():
            info = self._ask(TOKEN, self._token)
        if info is None:
            return self._by_client_id()
        self.wanted[CLIENT] = None
        self._look_at_scopes(info, self.wanted[TOKEN])
        self.wanted[SECRET] = self._ask(SECRET, self._secret)
        self.prompt.say(f"  {_UNSAID}")
        return info

    def _by_client_id(self) -> ShopInfo:
        """Client ID and secret prove each other, so both are asked for again when they do not."""
        self.wanted[TOKEN] = None
        while True:
            self.wanted[CLIENT] = self._ask(CLIENT, answers.client_id)
            self.wanted[SECRET] = self._ask(SECRET, self._secret_form)
            app = App(self.wanted[CLIENT], self.wanted[SECRET])
            try:
                info = self._whose(app)
            except (NotTaken, OutOfReach) as error:
                if not self.prompt.asks:
                    raise Ended(str(error)) from None
                self.prompt.say(f"  ✗ {error}.")
                self._doubted = frozenset({CLIENT, SECRET})
                continue
            self._look_at_scopes(info, app)
            return info

    def _require_all(self) -> None:
        """Where nobody can be asked, everything that lacks or has a wrong form is named at once."""
        if self.prompt.asks:
            return
        problems = []
        checks = {SHOP: answers.shop_domain, TOKEN: answers.admin_token, SECRET: self._secret_form}
        if self._names_client():
            del checks[TOKEN]
        for name, check in checks.items():
            known = self._known(name)
            if known is None:
                problems.append(ASKED[name])
                continue
            try:
                check(known.value)
            except Wrong as error:
                problems.append(f"{ASKED[name]} (from {known.source}: {error})")
        if problems:
            raise Ended(
                "Nobody can be asked here, and this lacks:\n" + "\n".join(f"  {one}" for one in problems), USAGE
            )

    def _names_client(self) -> bool:
        """Whether an app's client ID is named where no token is: by flag or variable, or in a file that nobody is asked about."""
        named = CLIENT in self.given or (not self.prompt.asks and CLIENT in self.file.settings)
        return named and TOKEN not in self.given

    def _known(self, name: str) -> Given | None:
        """What flags, variables or the file say of a setting."""
        if name in self.given:
            return self.given[name]
        value = self.file.settings.get(name)
        return None if value is None else Given(as_text(value), str(self.file.path))

    def _ask(self, name: str, check: Callable[[str], Any]) -> Any:
        question, known = _QUESTIONS[name], self._known(name)
        if known is not None and name not in self._doubted and (name in self.given or not self.prompt.asks):
            return settled(self.prompt, question, known, check)
        shown = "" if known is None else ("enter keeps the one that is there" if question.hidden else known.value)
        kept = replace(question, kept=known.value if known else None, shown=shown)
        return settled(self.prompt, kept, None, check)

    def _shop(self, text: str) -> str:
        domain = self.shop.answers(answers.shop_domain(text))
        self.prompt.say(f"  ✓ {domain} answers.")
        return domain

    def _token(self, text: str) -> ShopInfo | None:
        """None: the app has no token."""
        if text == _NOWHERE and self.prompt.asks:
            return None
        token = answers.admin_token(text)
        info = self._whose(token)
        self.wanted[TOKEN] = token
        return info

    def _whose(self, access: str | App) -> ShopInfo:
        domain = self.wanted[SHOP]
        info = self.shop.whose(domain, access)
        if info.domain != domain:
            self._other_shop(info, domain)
        self.prompt.say(f"  ✓ It opens {info.domain}: {info.name}, {info.currency}, {info.time_zone}.")
        return info

    def _other_shop(self, info: ShopInfo, domain: str) -> None:
        said = f"That token belongs to {info.domain} ({info.name}), not to {domain}"
        if not self.prompt.asks:
            raise NotTaken(said)
        self.prompt.say(f"  {said}.")
        if not yes(self.prompt, f"Connect {info.domain} instead?", default=False):
            raise NotTaken(f"A token of {domain} is wanted")
        self.wanted[SHOP] = info.domain

    def _look_at_scopes(self, info: ShopInfo, access: str | App) -> None:
        """Those that lack may be given to the app meanwhile, and are looked at again."""
        while (lacks := shop_check.lacking(info)) is not None:
            self.prompt.say(f"  ✗ {lacks}.")
            if not self.prompt.asks or not yes(
                self.prompt, "Give them to the app in Shopify; look again?", default=True
            ):
                break
            try:
                info = self.shop.whose(self.wanted[SHOP], access)
            except (NotTaken, OutOfReach) as error:
                self.prompt.say(f"  ✗ {error}.")
        else:
            self.prompt.say("  ✓ It may read all that the desk needs.")
        for line in shop_check.more(info):
            self.prompt.say(f"  {line}.")

    def _secret(self, text: str) -> str:
        return answers.webhook_secret(text, self.wanted[TOKEN])

    @staticmethod
    def _secret_form(text: str) -> str:
        return answers.webhook_secret(text, None)

    def _port(self) -> int:
        """That of the settings, or the default, where the server can listen there; else another one."""
        known = self._known("port") or Given("8765", "the default")
        try:
            return self._free_port(known.value)
        except Wrong as error:
            if not self.prompt.asks:
                raise Ended(f"{error}; give another one: --port {ports.free(self.host)}") from None
            self.prompt.say(f"  ✗ {error}.")
        suggested = str(ports.free(self.host))
        question = Question("Another port for the server", kept=suggested, shown=suggested)
        return settled(self.prompt, question, None, self._free_port)

    def _free_port(self, text: str) -> int:
        number = answers.port(text)
        taken = ports.problem(self.host, number)
        if taken is not None and not ports.served(self.host, number):
            raise NotTaken(taken)
        if taken is not None:
            self.prompt.say(
                f"  A Sync server is at work on port {number}: start it again afterwards, so that it reads this."
            )
        return number

    def _webhooks(self) -> str | None:
        """Where Shopify delivers; None: nowhere, and then how to add that is said."""
        near = f"http://127.0.0.1:{self.wanted['port']}{answers.WEBHOOK_PATH}"
        given = None if self.webhook_url is None else Given(self.webhook_url or _NOWHERE, "--webhook-url")
        if given is None and not self.prompt.asks:
            given = Given(_NOWHERE, "the default (no --webhook-url)")
        question = Question(
            "Address of this server for webhooks",
            kept=near if self.simulated else _NOWHERE,
            shown=f"{near}; {_NOWHERE}: poll" if self.simulated else "https://…; enter for none: poll",
        )
        url = settled(self.prompt, question, given, self._url)
        if url is None:
            self.prompt.say(f"  {_POLLS.format(program=program.program())}")
        return url

    def _url(self, text: str) -> str | None:
        return answers.webhook_url("" if text == _NOWHERE else text, simulated=self.simulated)


def from_where(name: str, flags: Mapping[str, Any], environ: Mapping[str, str]) -> Given:
    """A setting, by its name, that a flag or else a variable gives, and which."""
    if name in flags:
        return Given(str(flags[name]), "the command line")
    return Given(environ[name], f"{PREFIX}{name.upper()}")
