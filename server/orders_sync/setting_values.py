"""The values that settings take, read from the text of a flag or a variable, or from TOML's own lists and tables.

Every type here accepts both spellings; what is refused says what is allowed, and never repeats a secret.
"""

from __future__ import annotations

import binascii
import ipaddress
import re
from base64 import b64decode
from datetime import date, datetime, time
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, AnyHttpUrl, BeforeValidator, Field, SecretStr, WithJsonSchema

from orders_sync.db.location import parse as parse_database_url
from orders_wire.spelling import meant, nearest

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_HELP = "days are mon…sun, 1…7 (Monday is 1), or ranges of them: mon-fri"
_DATES_HELP = "dates are written YYYY-MM-DD, with commas between them: 2026-12-25,2027-01-01"
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
MOST_DATES = 1_000
"""Holidays of decades; each is looked at when an order's time to ship runs over it."""

_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com\Z")
_WORD = re.compile(r"[!-~]+\Z")
_SIGNING_PREFIX = "whsec_"

SHORTEST_SIGNING_BYTES = 8
"""A Standard Webhooks secret below this can be guessed."""

SPECIFIED_SIGNING_BYTES = 24


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
    if word[:3] in WEEKDAYS and len(word) >= 3:
        return WEEKDAYS.index(word[:3]) + 1
    raise ValueError(_DAYS_HELP + meant(word, WEEKDAYS))


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


def _time_of_day(value: object) -> time:
    """`HH:MM`, or TOML's own local time."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if not isinstance(value, str) or not _TIME.match(value.strip()):
        raise ValueError("a time of day is written HH:MM, from 00:00 to 23:59, in the desk's zone")
    return time.fromisoformat(value.strip())


def _dates(value: object) -> frozenset[date]:
    """Days as texts, or as TOML's own local dates."""
    parts = _split(value)
    if not isinstance(parts, list | frozenset):
        raise ValueError(_DATES_HELP)
    if len(parts) > MOST_DATES:
        raise ValueError(f"at most {MOST_DATES} dates")
    return frozenset(map(_date, parts))


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DATE.match(value.strip()):
        raise ValueError(_DATES_HELP)
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"{_DATES_HELP}; one of them is in no calendar") from None


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"a time zone is a name like Europe/Berlin or UTC{_meant_zone(value)}") from error


def _meant_zone(value: object) -> str:
    """A guess at the zone: by its whole name, or by its city's alone."""
    zones = available_timezones()
    cities = {name.rpartition("/")[2]: name for name in sorted(zones)}
    near = cities.get(nearest(str(value).rpartition("/")[2], cities) or "") if "/" not in str(value) else None
    return f" (did you mean {near}?)" if near else meant(str(value), zones)


def _domain(value: str) -> str:
    domain = value.strip().lower()
    if not _DOMAIN.match(domain):
        raise ValueError("a shop's domain is its NAME.myshopify.com, without https://, not the address customers see")
    return domain


def _database_url(value: str) -> str:
    parse_database_url(value)
    return value


def _one_word(value: SecretStr) -> SecretStr:
    if not _WORD.match(value.get_secret_value()):
        raise ValueError("a secret is one word of printable ASCII, without spaces or line breaks")
    return value


def _word(value: str) -> str:
    if not _WORD.match(value.strip()):
        raise ValueError("it is one word of printable ASCII, without spaces or line breaks")
    return value.strip()


def _signing_key(value: SecretStr) -> bytes:
    text = value.get_secret_value().removeprefix(_SIGNING_PREFIX)
    return b64decode(text + "=" * (-len(text) % 4), validate=True)


def _signing_secret(value: SecretStr) -> SecretStr:
    try:
        key = _signing_key(value)
    except (binascii.Error, ValueError):
        raise ValueError("a Standard Webhooks secret is base64, usually with whsec_ before it") from None
    if len(key) < SHORTEST_SIGNING_BYTES:
        raise ValueError(
            f"a Standard Webhooks secret is base64 of at least {SHORTEST_SIGNING_BYTES} bytes, better 24 to 64"
        )
    return value


def is_weak(value: SecretStr) -> bool:
    """True for a Standard Webhooks secret that is shorter than the specification wants."""
    return len(_signing_key(value)) < SPECIFIED_SIGNING_BYTES


def _webhook_secrets(value: object) -> object:
    """What is given, which may be comma-separated, holds a secret: one of blanks would be none without a word."""
    parts = _split(value)
    if isinstance(value, str) and value and not parts:
        raise ValueError("one secret, or two with a comma between them during a rotation; it is blank")
    return parts


def _api_url(value: str) -> str:
    """The Admin token goes there with every request, so not in the clear over a network."""
    parts = urlsplit(value)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError("the Admin API's address begins with https:// (http:// to this machine alone)")
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


def _toml(schema: dict[str, Any]) -> WithJsonSchema:
    """What the file may hold; flags and variables hold text."""
    return WithJsonSchema(schema)


_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_DAY: dict[str, Any] = {"anyOf": [_TEXT, {"type": "integer", "minimum": 1, "maximum": 7}]}
_SECRETS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "maxItems": 2}]}
_TABLE_OF_RATES = {
    "type": "object",
    "propertyNames": {"pattern": "^[A-Z]{3}$"},
    "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
}

DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
Domain = Annotated[str, AfterValidator(_domain)]
Listen = Annotated[
    tuple[str, int], BeforeValidator(lambda value: _listen(str(value))), _toml({**_TEXT, "pattern": "^.+:[0-9]{1,5}$"})
]
Pattern = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_pattern)]
Port = Annotated[int, Field(ge=0, le=65535)]
Switch = Annotated[bool, _toml({"anyOf": [{"type": "boolean"}, {"enum": ["on", "off"]}]})]
Url = Annotated[
    str, BeforeValidator(lambda value: str(AnyHttpUrl(value)).rstrip("/")), _toml({**_TEXT, "format": "uri"})
]
ApiUrl = Annotated[Url, AfterValidator(_api_url)]
Secret = Annotated[SecretStr, AfterValidator(_one_word)]
SigningSecret = Annotated[SecretStr, AfterValidator(_signing_secret)]
Word = Annotated[str, AfterValidator(_word)]
WebhookSecrets = Annotated[
    tuple[Secret, ...], BeforeValidator(_webhook_secrets), AfterValidator(_at_most_two), _toml(_SECRETS)
]
Hours = Annotated[float, Field(gt=0, le=24 * 365, allow_inf_nan=False)]
Days = Annotated[float, Field(gt=0, le=3650, allow_inf_nan=False)]
Weekdays = Annotated[
    frozenset[int],
    BeforeValidator(_days),
    _toml({"anyOf": [_TEXT, {"type": "array", "items": _DAY, "minItems": 1}]}),
]
TimeOfDay = Annotated[
    time, BeforeValidator(_time_of_day), _toml({**_TEXT, "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
]
Dates = Annotated[
    frozenset[date],
    BeforeValidator(_dates),
    _toml({"anyOf": [_TEXT, {"type": "array", "items": {**_TEXT, "format": "date"}, "maxItems": MOST_DATES}]}),
]
Names = Annotated[tuple[str, ...], BeforeValidator(_split), _toml(_TEXTS)]
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Rates = Annotated[dict[Currency, Rate], BeforeValidator(_pairs), _toml({"anyOf": [_TEXT, _TABLE_OF_RATES]})]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone), _toml(_TEXT)]


def is_loopback(host: str) -> bool:
    """True for `localhost` and for addresses that no other machine reaches."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
