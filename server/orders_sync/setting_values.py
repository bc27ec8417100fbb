"""The values that settings take, read from the text of a flag or a variable, or from TOML's own lists and tables.

Every type here accepts both spellings; what is refused says what is allowed, and never repeats a secret.
"""

from __future__ import annotations

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AnyHttpUrl, BeforeValidator, Field, SecretStr
from standardwebhooks import Webhook

from orders_sync.db.location import parse as parse_database_url

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_HELP = "days are mon…sun, 1…7 (Monday is 1), or ranges of them: mon-fri"
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\Z")


def _split(value: object) -> object:
    """Comma-separated text as a list of its parts without the empty ones; anything else as it is."""
    return [part for part in (p.strip() for p in value.split(",")) if part] if isinstance(value, str) else value


def _pairs(value: object) -> object:
    """`EUR=1.08,GBP=1.27` as a table."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    if any(not sign for _, sign, _ in pairs):
        raise ValueError("rates are written EUR=1.08,GBP=1.27 (USD per unit)")
    return {currency.strip(): rate.strip() for currency, _, rate in pairs}


def _day(text: str) -> int:
    word = text.strip().lower()
    if word.isdigit() and 1 <= int(word) <= 7:
        return int(word)
    if word[:3] in _WEEKDAYS and len(word) >= 3:
        return _WEEKDAYS.index(word[:3]) + 1
    raise ValueError(_DAYS_HELP)


def _days(value: object) -> frozenset[int]:
    """ISO weekdays. A range may wrap: sat-mon."""
    parts = _split(value)
    if not isinstance(parts, list | frozenset) or not parts:
        raise ValueError(_DAYS_HELP)
    days: set[int] = set()
    for part in parts:
        first, dash, last = str(part).partition("-")
        start = _day(first)
        count = (_day(last) - start) % 7 if dash else 0
        days.update((start - 1 + step) % 7 + 1 for step in range(count + 1))
    return frozenset(days)


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("a time zone is a name like Europe/Berlin or UTC") from error


def _domain(value: str) -> str:
    domain = value.strip().lower()
    if not _DOMAIN.match(domain) or "." not in domain:
        raise ValueError("a shop's domain is its myshopify.com name, without https://")
    return domain


def _database_url(value: str) -> str:
    parse_database_url(value)
    return value


def _signing_secret(value: SecretStr) -> SecretStr:
    try:
        Webhook(value.get_secret_value())
    except (ValueError, RuntimeError) as error:
        raise ValueError("a Standard Webhooks secret is base64, usually with whsec_ before it") from error
    return value


def _at_most_two(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if len(value) > 2:
        raise ValueError("one secret, or two during a rotation")
    return value


def _listen(value: str) -> tuple[str, int]:
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise ValueError("an address to listen on is host:port")
    return host.strip("[]"), int(port)


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except (re.error, OverflowError) as error:
        raise ValueError("a pattern is a regular expression for the whole number, like TRK-[A-Za-z0-9]{4}") from error
    return value


DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
Domain = Annotated[str, AfterValidator(_domain)]
Listen = Annotated[tuple[str, int], BeforeValidator(lambda value: _listen(str(value)))]
Pattern = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_pattern)]
Port = Annotated[int, Field(ge=0, le=65535)]
Url = Annotated[str, BeforeValidator(lambda value: str(AnyHttpUrl(value)).rstrip("/"))]
Secret = Annotated[SecretStr, Field(min_length=1)]
SigningSecret = Annotated[SecretStr, AfterValidator(_signing_secret)]
WebhookSecrets = Annotated[tuple[Secret, ...], BeforeValidator(_split), AfterValidator(_at_most_two)]
Hours = Annotated[float, Field(gt=0, le=24 * 365, allow_inf_nan=False)]
Days = Annotated[float, Field(gt=0, le=3650, allow_inf_nan=False)]
Weekdays = Annotated[frozenset[int], BeforeValidator(_days)]
Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Rates = Annotated[dict[Currency, Rate], BeforeValidator(_pairs)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
