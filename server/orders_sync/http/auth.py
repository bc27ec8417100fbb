"""Who asks, and what they may do: contract §5.

Two worlds. Without a tokens file everything comes over loopback: the Host name proves that no foreign page was re-bound to us,
JSON alone is taken so that no page can post a form, and everyone is a lead. With one, every request to `/sync/` carries a
Bearer token, and the token tells name and role.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orders_sync.http.app_keys import CALLER, SETTINGS, Caller
from orders_sync.http.problems import Refused
from orders_sync.http.rate_limit import Rates
from orders_sync.settings import Settings, SettingsError, meant_value
from orders_wire.operations import OPERATIONS, Operation
from orders_wire.spelling import meant
from orders_wire.texts import trimmed
from orders_wire.vocabulary import ErrorCode, Role

log = structlog.get_logger(__name__)

DEFAULT_OPERATOR = "dashboard"
"""The operator's name when a client over loopback gives none."""

MAX_NAME = 120
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_OPERATIONS = {(operation.method, operation.path): operation for operation in OPERATIONS}
_UNKNOWN = Operation("", "", Role.VIEWER)

ANONYMOUS = Caller("nobody", Role.VIEWER)
"""Whoever asks without a token for what is open to all: answered no more than that it runs."""

TOKENS: web.AppKey[Tokens | None] = web.AppKey("tokens")


class _Token(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    role: Role
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _TokensFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Annotated[list[_Token], Field(min_length=1)]


def digest(token: str) -> str:
    """What is kept of a token: the SHA-256 of its text, in hexadecimal. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(slots=True)
class Tokens:
    """The callers, by the digest of their token, and how often each may still ask. `callers` changes with its file."""

    callers: Mapping[str, Caller]
    rates: Rates = field(default_factory=Rates)

    @classmethod
    def read(cls, path: Path) -> Tokens:
        """The tokens of a file. Raises SettingsError."""
        return cls(read_tokens(path))

    @property
    def names(self) -> frozenset[str]:
        """Everybody who has a token."""
        return frozenset(caller.name for caller in self.callers.values())

    def replace(self, callers: Mapping[str, Caller]) -> frozenset[str]:
        """Other callers from now on. Returns the digests that are gone, or are somebody else's or another role's now."""
        gone = frozenset(digest for digest, caller in self.callers.items() if callers.get(digest) != caller)
        self.callers = callers
        return gone

    def caller(self, authorization: str) -> Caller:
        """The caller of an `Authorization` header. Raises Refused with `unauthorized`."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused(ErrorCode.UNAUTHORIZED, "This server wants a token: Authorization: Bearer …")
        caller = self.known(authorization)
        if caller is None:
            raise Refused(ErrorCode.UNAUTHORIZED, "This token is not known here")
        return caller

    def known(self, authorization: str) -> Caller | None:
        """The same, None where it names nobody."""
        scheme, _, token = authorization.partition(" ")
        return self.callers.get(digest(token.strip())) if scheme.lower() == "bearer" else None


def read_tokens(path: Path) -> Mapping[str, Caller]:
    """The callers of a file of `[[token]]` tables with `name`, `role` and `sha256`, by digest. Raises SettingsError."""
    try:
        text = _read_private(path)
        file = _TokensFile.model_validate(tomllib.loads(text))
    except OSError as error:
        raise SettingsError(f"Setting TOKENS_FILE: {path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise SettingsError(f"Setting TOKENS_FILE: {path}: {_fault(error.errors()[0])}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"Setting TOKENS_FILE: {path} is not TOML: {error}") from None
    callers = {token.sha256: Caller(token.name, token.role, token.sha256) for token in file.token}
    if len(callers) < len(file.token):
        raise SettingsError(f"Setting TOKENS_FILE: {path}: two entries have the same sha256")
    return callers


def _fault(detail: Mapping[str, Any]) -> str:
    """Where in the file what is wrong, with the nearest right key or role."""
    *_, key = where = [str(part) for part in detail["loc"]]
    unknown = meant(key, _Token.model_fields) if detail["type"] == "extra_forbidden" else ""
    return f"{'.'.join(where)}: {detail['msg']}{unknown or meant_value(detail)}"


def _read_private(path: Path) -> str:
    """The file's text. Raises SettingsError where others may write to it: whoever can, can make themselves a lead."""
    with path.open(encoding="utf-8") as file:
        mode = os.fstat(file.fileno()).st_mode if os.name == "posix" else 0
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise SettingsError(
                f"Setting TOKENS_FILE: others than its owner can write to {path} ({stat.filemode(mode)}): chmod 600 {path}"
            )
        if mode & (stat.S_IRGRP | stat.S_IROTH):
            log.warning("others than its owner can read the tokens file: chmod 600", mode=stat.filemode(mode))
        return file.read()


def operation_of(request: web.Request) -> Operation:
    """What is asked for; of a path or a method that is not there, something that any caller may ask for."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    return _OPERATIONS.get((method, resource.canonical if resource is not None else ""), _UNKNOWN)


def require_shop(settings: Settings, domain: str | None) -> None:
    """Raises Refused with `unknown_shop` when `domain` (of a body or `X-Shop-Domain`) names another shop than ours."""
    if not settings.owns(trimmed(domain or "")):
        raise Refused(ErrorCode.UNKNOWN_SHOP, f"This server has no shop {domain}")


@web.middleware
async def authentication(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Sets `CALLER`, or refuses. Signed webhooks and health are let through: they prove themselves, or tell nothing."""
    app = request.app
    tokens = app[TOKENS]
    if tokens is None:
        _require_loopback_name(request.host)
    operation = operation_of(request)
    if operation.signed:
        return await handler(request)
    _require_json(request)
    headers = request.headers
    request[CALLER] = (
        _loopback_caller(headers.get("X-Operator", ""))
        if tokens is None
        else _token_caller(request, tokens, operation.role)
    )
    require_shop(app[SETTINGS], headers.get("X-Shop-Domain"))
    return await handler(request)


def _token_caller(request: web.Request, tokens: Tokens, needed: Role | None) -> Caller:
    if needed is None:
        return tokens.known(request.headers.get("Authorization", "")) or ANONYMOUS
    caller = tokens.caller(request.headers.get("Authorization", ""))
    wait_s = tokens.rates.wait_s(caller.name)
    if wait_s:
        raise Refused(
            ErrorCode.RATE_LIMITED, "Too many requests with this token. Ask less often.", retry_after_s=wait_s
        )
    if not caller.role.includes(needed):
        raise Refused(ErrorCode.FORBIDDEN, f"This needs the role {needed}; {caller.name} is {caller.role}")
    return caller


@lru_cache(maxsize=1024)
def _loopback_caller(operator: str) -> Caller:
    """Whoever names themselves so in `X-Operator`. Raises Refused."""
    name = "" if trimmed(operator) is None else operator.strip()
    if len(name) > MAX_NAME or not name.isprintable():
        raise Refused(ErrorCode.INVALID_REQUEST, f"X-Operator is a name of at most {MAX_NAME} printable characters")
    return Caller(name or DEFAULT_OPERATOR, Role.LEAD)


@lru_cache(maxsize=1024)
def _require_loopback_name(host: str) -> None:
    """Raises Refused unless the `Host` header names this machine, with or without a port."""
    name, colon, port = host.lower().rpartition(":")
    if (name if colon and port.isdigit() else host.lower()) not in _LOOPBACK_NAMES:
        raise Refused(ErrorCode.FORBIDDEN, "Without tokens this server answers to localhost, 127.0.0.1 and [::1] only")


def _require_json(request: web.Request) -> None:
    """JSON bodies only, not packed. A browser sends a foreign page's post without asking first unless its type is JSON, and it
    names the page in `Origin` even where there is no body."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(ErrorCode.INVALID_REQUEST, "Content-Encoding: send the body as it is, not packed")
    if request.content_type != "application/json" and (request.can_read_body or "Origin" in request.headers):
        raise Refused(ErrorCode.INVALID_REQUEST, "The body must be JSON: Content-Type: application/json")
