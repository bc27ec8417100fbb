"""Settings: every one a flag, a key of the TOML file, or a variable `ORDERS_SYNC_<NAME>`: contract §6.

A flag wins over a variable, a variable over the file. An unknown or malformed setting stops the start with a message that
names it; secrets are in no message and in no `repr`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from orders_sync import setting_values as values
from orders_sync.db.location import password
from orders_sync.instants import DAY, HOUR
from orders_sync.rules.thresholds import ReadyWhen, Thresholds
from orders_sync.rules.tracking_numbers import Placeholders
from orders_sync.setting_values import is_loopback
from orders_wire.spelling import meant
from orders_wire.vocabulary import PLACEHOLDER_NUMBERS

PREFIX = "ORDERS_SYNC_"
CONFIG = PREFIX + "CONFIG"
UNNAMED_SHOP = "shop.invalid"
"""The shop's domain while none is configured."""


class SettingsError(ValueError):
    """A setting that is unknown or malformed. The message names it and says what is allowed."""


def default_database() -> str:
    """The place of the database that nobody has to name."""
    return f"sqlite:///{user_data_path('orders-tui') / 'desk.db'}"


class Settings(BaseModel):
    """One server's settings, checked. Durations carry their unit in the name; descriptions are what `--help` shows."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, validate_default=True)

    database_url: values.DatabaseUrl = Field(
        default_factory=default_database, repr=False, description="sqlite:///path or postgresql://user@host/name"
    )
    host: str = Field(
        default="127.0.0.1", description="address to listen on; other than loopback it needs a tokens file"
    )
    port: values.Port = Field(default=8765, description="port to listen on; 0 picks a free one")
    shop_domain: values.Domain | None = Field(default=None, description="the shop's myshopify.com domain")
    shopify_webhook_secret: values.WebhookSecrets = Field(
        default=(), description="secret that signs webhooks; two, comma-separated, during a rotation"
    )
    webhook_listen: values.Listen | None = Field(
        default=None, description="host:port of a second listener with the webhook routes alone"
    )
    shopify_admin_token: values.Secret | None = Field(
        default=None, description="Admin API access token; without one, or SHOPIFY_CLIENT_ID, the poller is off"
    )
    shopify_client_id: values.Word | None = Field(
        default=None, description="client ID of an app without a token: it draws its own by its secret, the webhooks'"
    )
    shopify_api_url: values.ApiUrl | None = Field(
        default=None, description="Admin API address, where it is not the shop's own"
    )
    shopify_writes: values.Switch = Field(
        default=False, description="on: send queued writes to Shopify; off: keep them"
    )
    erp_url: values.Url | None = Field(default=None, description="where the ERP takes signed messages")
    erp_secret: values.SigningSecret | None = Field(
        default=None, description="Standard Webhooks secret shared with the ERP, both ways"
    )
    support_url: values.Url | None = Field(default=None, description="where the support queue takes signed messages")
    support_secret: values.SigningSecret | None = Field(
        default=None, description="Standard Webhooks secret shared with the support queue"
    )
    tokens_file: Path | None = Field(default=None, description="TOML file of bearer tokens, hashed")
    poll_interval_s: float = Field(default=900, ge=1, le=86_400, description="seconds between two polls of Shopify")
    tracking_pending_hours: values.Hours = Field(
        default=2, description="without tracking for this long: tracking_pending"
    )
    delayed_hours: values.Hours = Field(default=24, description="no carrier update for this long: delayed")
    breach_hours: values.Hours = Field(default=24, description="overdue by this long: a breach")
    ship_within_hours: values.Hours = Field(
        default=24, description="shipping time after placing, where Shopify names no date"
    )
    ship_days: values.Weekdays = Field(default=frozenset(range(1, 8)), description="days that count for it: mon-fri")
    cutoff: values.TimeOfDay | None = Field(
        default=None, description="time of day, HH:MM: what is placed later counts from the next shipping day"
    )
    holidays: values.Dates = Field(default=frozenset(), description="days that do not count: 2026-12-25,2027-01-01")
    rush_shipping: values.Names = Field(default=(), description="shipping lines that make an order a rush order")
    quiet_after_days: values.Days = Field(
        default=30, description="a parcel without an update for this long is no open work"
    )
    usd_rates: values.Rates = Field(default={}, description="USD per unit of other currencies: EUR=1.08,…")
    timezone: values.Zone = Field(default="UTC", description="time zone of the desk")  # type: ignore[assignment]
    undo_seconds: float = Field(
        default=10, ge=0, le=60, description="how long outbound work waits, so that undo is real"
    )
    notify_customer: values.Switch = Field(
        default=False, description="on: customers are mailed of what is sent, unless an action says otherwise"
    )
    ready_when: Literal["paid", "authorized", "any"] = Field(
        default="paid", description="what makes an order ready: paid, authorized (or paid), or any"
    )
    placeholder_numbers: values.Pattern = Field(
        default=PLACEHOLDER_NUMBERS,
        description="pattern of tracking numbers that pages invent; they never leave the desk",
    )
    events_keep_days: values.Days = Field(default=7, description="how long events can be replayed")
    idempotency_keep_hours: values.Hours = Field(
        default=72, description="how long answers to Idempotency-Keys are kept"
    )
    log_format: Literal["console", "json"] = Field(default="console", description="console or json, on stderr")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.tokens_file is None and not is_loopback(self.host):
            raise ValueError(f"HOST {self.host} is not loopback: that needs TOKENS_FILE")
        if self.shopify_admin_token and not (self.shop_domain or self.shopify_api_url):
            raise ValueError("SHOPIFY_ADMIN_TOKEN needs SHOP_DOMAIN")
        if self.shopify_client_id and not (self.shop_domain and self.shopify_webhook_secret):
            raise ValueError(
                "SHOPIFY_CLIENT_ID needs SHOP_DOMAIN, and the app's client secret as SHOPIFY_WEBHOOK_SECRET"
            )
        if self.shopify_client_id and self.shopify_admin_token:
            raise ValueError("SHOPIFY_CLIENT_ID and SHOPIFY_ADMIN_TOKEN are two ways to the same: give one of them")
        if self.shopify_writes and not self.asks_shop:
            raise ValueError("SHOPIFY_WRITES on needs SHOPIFY_ADMIN_TOKEN, or SHOPIFY_CLIENT_ID")
        for name in ("erp", "support"):
            if getattr(self, f"{name}_url") and not getattr(self, f"{name}_secret"):
                raise ValueError(f"{name.upper()}_URL needs {name.upper()}_SECRET")
        return self

    @property
    def shop(self) -> str:
        """The domain that the shop's rows are kept under."""
        return self.shop_domain or UNNAMED_SHOP

    def owns(self, domain: str | None) -> bool:
        """True when a request or webhook that names `domain` means this shop. None named: it does (contract §3, §4)."""
        return not domain or self.shop_domain is None or domain.strip().lower() == self.shop_domain

    @property
    def asks_shop(self) -> bool:
        """Whether there is a way to the shop's Admin API."""
        return self.shopify_admin_token is not None or self.shopify_client_id is not None

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets that may have signed a webhook; empty: none is configured (contract §4)."""
        return tuple(secret.get_secret_value() for secret in self.shopify_webhook_secret)

    def secrets(self) -> tuple[str, ...]:
        """Every secret text among the settings, for whoever has to keep them out of sight."""
        single = (self.shopify_admin_token, self.erp_secret, self.support_secret)
        return (
            *self.webhook_secrets,
            *(secret.get_secret_value() for secret in single if secret),
            *filter(None, [password(self.database_url)]),
        )

    def weak_secrets(self) -> tuple[str, ...]:
        """The settings, by name, whose signing secret is shorter than its specification wants."""
        given = {"ERP_SECRET": self.erp_secret, "SUPPORT_SECRET": self.support_secret}
        return tuple(name for name, secret in given.items() if secret and values.is_weak(secret))

    @property
    def placeholders(self) -> Placeholders:
        """Which tracking numbers never go to the shop."""
        return Placeholders(self.placeholder_numbers)

    @property
    def thresholds(self) -> Thresholds:
        """What the rules depend on."""
        return Thresholds(
            tracking_pending=round(self.tracking_pending_hours * HOUR),
            delayed=round(self.delayed_hours * HOUR),
            breach=round(self.breach_hours * HOUR),
            ship_within=round(self.ship_within_hours * HOUR),
            quiet=round(self.quiet_after_days * DAY),
            ship_days=self.ship_days,
            cutoff=self.cutoff,
            holidays=self.holidays,
            rush_shipping=frozenset(name.casefold() for name in self.rush_shipping),
            ready_when=ReadyWhen(self.ready_when),
            usd_rates=dict(self.usd_rates),
            zone=self.timezone,
        )


NAMES: tuple[str, ...] = tuple(Settings.model_fields)
"""Every setting, as the TOML file spells it."""

SECRETS: tuple[str, ...] = tuple(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field))
"""Those that are secrets: a flag would show them to everyone who lists the processes."""


def load(flags: Mapping[str, Any], environ: Mapping[str, str], config: Path | None = None) -> Settings:
    """The settings from flags (by TOML key), the environment, and the file. Raises SettingsError.

    The file is `config`, else what `ORDERS_SYNC_CONFIG` names, else `sync.toml` in the user's configuration folder if there.
    """
    given = {**_from_file(config, environ), **from_environment(environ), **flags}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsError(explain(error)) from None


def secret_text(secret: SecretStr | None) -> str | None:
    """A secret's own text, for whoever has to send or check it."""
    return None if secret is None else secret.get_secret_value()


def config_path(config: Path | None, environ: Mapping[str, str]) -> Path:
    """Where the file is, or would be."""
    named = config or (Path(environ[CONFIG]) if environ.get(CONFIG) else None)
    return named or user_config_path("orders-tui") / "sync.toml"


def from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that are variables. Raises SettingsError for one that is none."""
    ours = {name: text for name, text in environ.items() if name.upper().startswith(PREFIX) and name != CONFIG}
    known = {PREFIX + name.upper(): name for name in NAMES}
    _refuse_unknown(ours, known)
    return {known[name]: text for name, text in ours.items() if text}


def _from_file(config: Path | None, environ: Mapping[str, str]) -> dict[str, Any]:
    path = config_path(config, environ)
    if config is None and not environ.get(CONFIG) and not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The configuration file {path} cannot be read: {error.strerror}") from None
    except RecursionError:
        raise SettingsError(f"The configuration file {path} is nested too deep") from None
    except ValueError as error:  # what is no TOML, no UTF-8, or a number without end
        raise SettingsError(f"The configuration file {path} is not TOML: {error}") from None
    _refuse_unknown(content, NAMES, f" in {path}")
    return content


def _refuse_unknown(given: Iterable[str], known: Iterable[str], where: str = "") -> None:
    for name in given:
        if name not in (allowed := list(known)):
            raise SettingsError(f"Unknown setting {name}{where}{meant(name, allowed)}; orders-tui settings lists them")


def explain(error: ValidationError) -> str:
    """Each malformed setting with what is wrong, a line each; what was given is not repeated, since it may be a secret."""
    lines = []
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0]).upper() if detail["loc"] else None
        text = detail["msg"].removeprefix("Value error, ") + meant_value(detail)
        lines.append(f"Setting {name}: {text}" if name else text)
    return "\n".join(dict.fromkeys(lines))


def meant_value(detail: Mapping[str, Any]) -> str:
    """The nearest right word, where one of a few was to be given; it is never a secret's."""
    given, wanted = detail["input"], detail.get("ctx", {}).get("expected", "")
    if not isinstance(given, str):
        return ""
    if detail["type"] == "bool_parsing":
        return f": on or off{meant(given, ('on', 'off', 'true', 'false'))}"
    return meant(given, re.findall(r"'([^']*)'", wanted))
