"""What a log line may say of an error: where it happened, and words that cannot be anybody's.

Exceptions carry what they were raised over: a row's parameters, a header as it came, a customer's name. So an exception is
logged by its type, its frames (file, line and function: no source, no local variable) and a message of which only plain
words, short numbers and constants are left. Of exceptions whose messages are made of data, the code alone is logged.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from json import dumps
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, quote_plus

from pydantic import ValidationError

HIDDEN = "[hidden]"
MAX_TEXT = 500
"""Characters of a message that are looked at."""

_TOO_SHORT_TO_HIDE = 4
_MAX_CAUSES = 20

_QUOTED = re.compile(r"""b?'[^']*'|b?"[^"]*"|\[(?!Errno)[^\]]*\]|\{[^}]*\}|<[^>]*>|['"\[{<].*\Z""", re.DOTALL)
"""What a message quotes; also what is opened and never closed."""

_OPENED = re.compile(r"=.*\Z", re.DOTALL)
_PLAIN = re.compile(
    r"\(?(?:[a-z]{1,15}(?:[-_./'][a-z]{1,15}){0,3}|[A-Z][a-z]+(?:Error|Exception|Timeout)|[A-Z]+(?:_[A-Z]+)+|\d{1,3})\)?[.,:;!?]?"
)
_KNOWN = frozenset(
    {
        "A",
        "Admin",
        "API",
        "Bearer",
        "Connect",
        "Connection",
        "Content",
        "Data",
        "ERP",
        "Errno",
        "Expected",
        "Got",
        "HTTP",
    }
    | {"Input", "Invalid", "JSON", "Nothing", "PostgreSQL", "SQL", "SQLite", "Shopify", "The", "Timeout", "URL", "UTF"}
)
"""Words with a capital that are nobody's name."""


def variants(secret: str) -> Iterator[str]:
    """A secret as it may stand in a line: itself, and as JSON, Python, a URL and a Standard Webhooks secret spell it."""
    if len(secret) < _TOO_SHORT_TO_HIDE:
        return
    yield from {secret, dumps(secret)[1:-1], dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    yield from {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    bare = secret.removeprefix("whsec_")
    if bare != secret and len(bare) >= _TOO_SHORT_TO_HIDE:
        yield bare


def plain_words(text: str) -> str:
    """`text` with everything hidden that may be a value: only plain words, short numbers and constants are left."""
    shortened = _OPENED.sub(f"= {HIDDEN}", _QUOTED.sub(f" {HIDDEN} ", text[:MAX_TEXT]))
    kept: list[str] = []
    for word in shortened.split():
        shown = word if word in (HIDDEN, "=") or _is_plain(word) else HIDDEN
        if shown != HIDDEN or kept[-1:] != [HIDDEN]:
            kept.append(shown)
    return " ".join(kept)


def _is_plain(word: str) -> bool:
    return _PLAIN.fullmatch(word) is not None or word.strip("[]().,:;") in _KNOWN


def error_text(error: BaseException) -> str:
    """An exception in one line: its type, and of its message what `plain_words` leaves."""
    return f"{type(error).__name__}: {_said(error)}".rstrip(": ")


def _said(error: BaseException) -> str:
    match error:
        case ValidationError():
            return f"{error.error_count()} errors: {', '.join(sorted({e['type'] for e in error.errors()}))}"
        case _ if _is_of_sqlalchemy(error):
            cause = getattr(error, "orig", None)
            return "" if cause is None else f"{type(cause).__name__} {_database_code(cause)}".rstrip()
        case UnicodeError():
            return plain_words(str(getattr(error, "reason", "")))
        case OSError(strerror=str(reason)):
            return f"[Errno {error.errno}] {reason}"
        case _:
            code = _database_code(error)
            return code or plain_words(_message(error))


def _is_of_sqlalchemy(error: BaseException) -> bool:
    """Its messages repeat the statement and the values. Told by its name: SQL stays in `db`."""
    return any(each.__module__.startswith("sqlalchemy.") for each in type(error).__mro__)


def _database_code(error: BaseException | None) -> str:
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return code if isinstance(code, str) else ""


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception that cannot say what it is about is logged by its type
        return ""


def stack_text(error: BaseException) -> str:
    """The exception, its causes and its groups: a line for each error, and one for each frame."""
    return "\n".join(_stack(error, "", set()))


def _stack(error: BaseException, indent: str, seen: set[int]) -> Iterator[str]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and id(link) not in seen and len(chain) < _MAX_CAUSES:
        seen.add(id(link))
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    for number, one in enumerate(reversed(chain)):
        yield f"{indent}{'then ' if number else ''}{error_text(one)}"
        yield from (f"{indent}  {frame}" for frame in _frames(one.__traceback__))
        for part in getattr(one, "exceptions", ())[:_MAX_CAUSES]:
            yield from _stack(part, indent + "  ", seen)


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame, line in traceback.walk_tb(trace):
        code = frame.f_code
        yield f"{'/'.join(Path(code.co_filename).parts[-3:])}:{line} {code.co_name}"
