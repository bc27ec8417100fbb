"""Logs: one line per event on stderr, for people (`console`) or machines (`json`), the libraries' own among them.

Invariant: no secret of the settings is ever in a line, wherever in it a library or an error put it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_TOO_SHORT_TO_HIDE = 4

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(log_format: Literal["console", "json"], secrets: Iterable[str] = (), level: int = logging.INFO) -> None:
    """Sends every log of this process to stderr in `log_format`, with each of `secrets` replaced by `[hidden]`."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(log_format, tuple(secrets)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("aiohttp.access", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _formatter(log_format: str, secrets: tuple[str, ...]) -> logging.Formatter:
    rendered: list[Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if log_format == "json"
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    *before, renderer = rendered
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *before, _hiding(renderer, secrets)],
    )


def _hiding(renderer: Processor, secrets: tuple[str, ...]) -> Callable[[WrappedLogger, str, EventDict], str]:
    """The renderer, and then none of the secrets: in the finished line, so that no nesting and no traceback keeps one."""
    hidden = sorted((s for s in secrets if len(s) >= _TOO_SHORT_TO_HIDE), key=len, reverse=True)

    def render(logger: WrappedLogger, name: str, event: EventDict) -> str:
        line: Any = renderer(logger, name, event)
        for secret in hidden:
            line = line.replace(secret, HIDDEN)
        return str(line)

    return render
