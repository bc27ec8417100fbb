"""What a person may answer, read into what the settings take: pure. What is wrong is said with what is allowed, and no secret."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import TypeAdapter, ValidationError

from orders_sync import setting_values as values
from orders_sync.setting_values import is_loopback

WEBHOOK_PATH = "/shopify/webhook"

ADMIN_PREFIXES = ("shpat_", "shpca_", "shppa_")
"""How Shopify marks Admin API access tokens; those from before April 2020 are 32 hex digits (its changelog of 2020-04-01)."""

_SECRET_KEY = "shpss_"  # noqa: S105 - the mark of one
"""How it marks an app's client secret (its changelog of 2020-01-28)."""

_OF_OTHERS = {
    _SECRET_KEY: "That is an app's client secret (shpss_…), which signs webhooks and is asked for later",
    "shptka_": "That is a password of the Theme Access app (shptka_…)",
    "whsec_": "That is a Standard Webhooks secret (whsec_…), as the ERP and the support queue have",
}
_ADMIN = "/".join(f"{prefix}…" for prefix in ADMIN_PREFIXES)
_SHORTEST_SECRET = 32
_NOT_PUBLIC = (".local", ".localhost", ".internal", ".lan", ".myshopify.com", ".shopify.com")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
_MYSHOPIFY = ".myshopify.com"
_MARK = re.compile(r"[a-z]{2,8}_")
_FORM = "the shop is NAME.myshopify.com, NAME alone, or the address of its admin: https://admin.shopify.com/store/NAME"


class Wrong(ValueError):
    """An answer that cannot be taken; the message says what was wrong and what is allowed."""


class NotTaken(Wrong):
    """It has the right form, and the shop or this machine does not take it."""


def shop_domain(text: str) -> str:
    """`NAME.myshopify.com` from a name, a domain or the address of a page of the shop or of its admin. Raises Wrong."""
    given = text.strip()
    if not given:
        raise Wrong(f"Nothing was given; {_FORM}")
    if _NAME.match(given):
        return f"{given.lower()}{_MYSHOPIFY}"
    parts = _parts(given if "://" in given else f"https://{given}", _FORM)
    host = (parts.hostname or "").rstrip(".")
    if host == "admin.shopify.com":
        store = re.match(r"/store/([A-Za-z0-9][A-Za-z0-9-]*)(/|\Z)", parts.path)
        if store is None:
            raise Wrong(f"That address names no shop; {_FORM}")
        return f"{store[1].lower()}{_MYSHOPIFY}"
    if not host.endswith(_MYSHOPIFY):
        raise Wrong(f"That is no address of Shopify's own for a shop (customers may see another); {_FORM}")
    _require(values.Domain, host)
    return host.lower()


def admin_token(text: str) -> str:
    """An Admin API access token, by its form. Raises Wrong."""
    token = _secret(text, "token")
    for mark, what in _OF_OTHERS.items():
        if token.startswith(mark):
            raise Wrong(f"{what}; an Admin API access token is wanted ({_ADMIN})")
    return token


def client_id(text: str) -> str:
    """An app's client ID, by its form. Raises Wrong."""
    given = _secret(text, "client ID")
    if given.startswith((*ADMIN_PREFIXES, *_OF_OTHERS)):
        raise Wrong("That is a secret or a token; the client ID stands above the client secret in the app's settings")
    return given


def not_accepted(token: str) -> str:
    """What may be the matter with a token that Shopify does not accept, as far as its form says."""
    if token.startswith(ADMIN_PREFIXES):
        return "it may be another shop's, of an app that was uninstalled, cut short, or replaced by a newer one"
    mark = _MARK.match(token)
    begins = f"this one begins with {mark[0]}" if mark else "this one has no such mark"
    return f"Admin API access tokens begin with {_ADMIN}, and {begins}: tokens of other APIs (Storefront, Partner) do not do"


def webhook_secret(text: str, token: str | None) -> str:
    """What signs webhooks, by its form: one, or two with a comma between them. Raises Wrong."""
    if not text.strip():
        raise Wrong("Nothing was given; a secret is wanted")
    parts = [_secret(part, "secret") for part in text.split(",") if part.strip()]
    if not 1 <= len(parts) <= 2:
        raise Wrong("One secret is wanted, or two with a comma between them while one replaces the other")
    for part in parts:
        if part.startswith(ADMIN_PREFIXES) or part == token:
            raise Wrong("That is an Admin API access token; webhooks are signed with the app's client secret (shpss_…)")
        if part.startswith("whsec_"):
            raise Wrong(f"{_OF_OTHERS['whsec_']}; webhooks are signed with the app's client secret (shpss_…)")
        if len(part) < _SHORTEST_SECRET:
            raise Wrong(f"That is too short: Shopify's secrets have {_SHORTEST_SECRET} characters and more")
    return ",".join(parts)


def webhook_url(text: str, *, simulated: bool) -> str | None:
    """Where Shopify delivers: https and public; of a shop on this machine also http to it. None: nowhere. Raises Wrong."""
    given = text.strip()
    if not given:
        return None
    parts = _parts(given if "://" in given else f"https://{given}")
    host = parts.hostname or ""
    near = simulated and is_loopback(host)
    if parts.scheme != "https" and not near:
        raise Wrong(
            "Shopify delivers to https:// only" + (" (this simulated one also to http://127.0.0.1)" * simulated)
        )
    if not near and not _is_public(host):
        raise Wrong(
            f"Shopify does not deliver to {host or 'that'}: a public name of yours is wanted, like https://hooks.example.org"
        )
    if "@" in parts.netloc or parts.fragment:
        raise Wrong("An address for webhooks has no user and no #")
    path = WEBHOOK_PATH if parts.path in ("", "/") else parts.path
    return parts._replace(path=path).geturl()


def host(url: str) -> str:
    """The host of an address; empty where it has none."""
    return _parts(url).hostname or ""


def port(text: str) -> int:
    """Raises Wrong."""
    given = text.strip()
    if not given.isdecimal() or len(given) > len("65535") or not 1 <= int(given) <= 65535:
        raise Wrong("A port is a number from 1 to 65535")
    return int(given)


def _is_public(host: str) -> bool:
    """As far as the name says."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_NOT_PUBLIC)


def _parts(url: str, allowed: str = "one looks like https://example.org/path") -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        raise Wrong(f"That is no address; {allowed}") from None
    return parts


def _secret(text: str, what: str) -> str:
    given = text.strip().strip("\"'")
    if not given:
        raise Wrong(f"Nothing was given; a {what} is wanted")
    _require(values.Secret, given)
    return given


def _require(kind: Any, text: str) -> None:
    """Raises Wrong, with the words of the setting."""
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        raise Wrong(_reason(error.errors(include_input=False, include_url=False))) from None


def _reason(errors: Sequence[Any]) -> str:
    text = str(errors[0]["msg"]).removeprefix("Value error, ")
    return text[:1].upper() + text[1:]
