"""Logs: one line per event on stderr, for people (`console`) or machines (`json`), the libraries' own among them.

Invariant: no secret of the settings, no caller's token and nothing of a customer is ever in a line, wherever in it a library
or an error put it. What is logged names things by number and kind; errors pass `redaction`.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from orders_sync.redaction import HIDDEN, error_text, plain_words, stack_text, variants

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
_OURS = "orders_sync"
_FOREIGN_TEXTS = ("error", "reason")
"""Fields of an event that hold what somebody else said."""

_LEVELS = {
    "aiohttp": logging.INFO,
    "aiohttp.access": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.INFO,
    "psycopg": logging.INFO,
    "sqlalchemy": logging.WARNING,
}
"""Libraries whose lower levels print what they handle: statements, rows, headers."""

_caller_secrets: ContextVar[tuple[str, ...]] = ContextVar("caller_secrets", default=())


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes lines, and nothing else: what cannot be written is lost, where Python would print its parts as they came."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Says nothing."""


def configure(log_format: Literal["console", "json"], secrets: Iterable[str] = (), level: int = logging.INFO) -> None:
    """Sends every log of this process to stderr in `log_format`, with each of `secrets` replaced by `[hidden]`."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = StderrHandler(sys.stderr)
    handler.addFilter(_errors_in_short)
    handler.setFormatter(_formatter(log_format, tuple(secrets)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for library, lowest in _LEVELS.items():
        logging.getLogger(library).setLevel(max(level, lowest))


@contextmanager
def hiding(secret: str) -> Iterator[None]:
    """While the block runs, `secret` (a caller's token) is in no line that it causes."""
    before = _caller_secrets.set((*_caller_secrets.get(), secret))
    try:
        yield
    finally:
        _caller_secrets.reset(before)


def catch_uncaught() -> None:
    """Sends to the log, in its form, what Python would print itself: errors that nobody caught, in any thread."""
    log = logging.getLogger(_OURS)

    def of_process(_kind: type[BaseException], error: BaseException, _trace: object) -> None:
        log.critical("the process ends", exc_info=error)

    def of_thread(caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            log.error("a thread failed", exc_info=caught.exc_value)

    def of_finalizer(caught: sys.UnraisableHookArgs) -> None:
        if caught.exc_value is not None:
            log.error("an error nobody could catch", exc_info=caught.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = of_process, of_thread, of_finalizer


def _formatter(log_format: str, secrets: tuple[str, ...]) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    before: tuple[Processor, ...] = (
        _redacted,
        structlog.processors.ExceptionRenderer(_exception_text),
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED, processors=[*before, _hiding(renderer, secrets)]
    )


def _errors_in_short(record: logging.LogRecord) -> bool:
    """An error among the arguments of a message is shortened as `redaction` does it. Lets every record through."""
    if isinstance(record.args, tuple):
        record.args = tuple(error_text(arg) if isinstance(arg, BaseException) else arg for arg in record.args)
    return True


def _exception_text(exc_info: ExcInfo) -> str:
    return stack_text(exc_info[1])


def _redacted(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Errors as what may be said of them; what others wrote as its plain words."""
    record = event.get("_record")
    if record is not None and not str(event.get("logger", "")).startswith(_OURS):
        event["event"] = plain_words(str(event["event"]))
        event.pop("stack_info", None)
    for name in _FOREIGN_TEXTS:
        if isinstance(event.get(name), str):
            event[name] = plain_words(event[name])
    for name, value in event.items():
        if isinstance(value, BaseException) and name != "exc_info":
            event[name] = error_text(value)
    return event


def _hiding(renderer: Processor, secrets: tuple[str, ...]) -> Callable[[WrappedLogger, str, EventDict], str]:
    """The renderer, and then none of the secrets: in the finished line, so that no nesting keeps one."""
    ours = {spelling for secret in secrets for spelling in variants(secret)}

    def render(logger: WrappedLogger, name: str, event: EventDict) -> str:
        line: Any = renderer(logger, name, event)
        theirs = {spelling for secret in _caller_secrets.get() for spelling in variants(secret)}
        for secret in sorted(ours | theirs, key=len, reverse=True):
            line = line.replace(secret, HIDDEN)
        return str(line)

    return render
