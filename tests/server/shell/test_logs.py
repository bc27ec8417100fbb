"""Logs: one line per event, for people or machines, and no secret in any: contract §6, LOG_FORMAT."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from orders_sync import logs
from orders_sync.redaction import HIDDEN

SECRET = "shpat_0123456789"


def fail_with(text: str) -> None:
    raise RuntimeError(text)


def test_json_logs_are_one_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.get_logger("desk").info("polled", read=3)
    logging.getLogger("library").warning("odd: %s", "thing")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["read"], ours["level"], ours["logger"]) == ("polled", 3, "info", "desk")
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"]) == ("odd: thing", "warning")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_secret_is_hidden_wherever_it_stands(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json" if log_format == "json" else "console", [SECRET, ""])
    log = structlog.get_logger("desk")
    log.info(f"asked with {SECRET}", headers={"token": SECRET})
    logging.getLogger("library").error("got %s", SECRET)
    try:
        fail_with(SECRET)
    except RuntimeError:
        log.exception("failed")
    written = capsys.readouterr().err
    assert SECRET not in written
    assert written.count(HIDDEN) >= 4


def test_console_logs_hold_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("console")
    try:
        fail_with("broken")
    except RuntimeError:
        structlog.get_logger("desk").exception("a loop failed")
    written = capsys.readouterr().err
    assert "a loop failed" in written
    assert "RuntimeError: broken" in written
