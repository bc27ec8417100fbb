"""The page about the first hour is true about the code: scopes, flags, and the questions."""

from __future__ import annotations

import re

from tests.conftest import ROOT

from orders_sync.__main__ import _parser
from orders_sync.external.shopify.shop import OPTIONAL_SCOPES, READ_SCOPES, WRITE_SCOPES

PAGE = (ROOT / "docs" / "first-hour.md").read_text(encoding="utf-8")


def test_its_scopes_are_those_that_the_server_looks_for() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(("| reading", "| writing"))]
    named = [re.findall(r"`(\w+)`", row) for row in rows]
    assert [sorted(scopes) for scopes in named] == [
        sorted(scopes) for scopes in (READ_SCOPES, OPTIONAL_SCOPES, WRITE_SCOPES)
    ]


def test_its_server_commands_can_be_read() -> None:
    commands = re.findall(r"^orders-tui ((?:init|serve|shopify|poll|token)\b[^<\n]*)", PAGE, re.MULTILINE)
    assert len(commands) > 4
    for line in commands:
        _parser().parse_args(line.replace("http://127.0.0.1:PORT", "http://127.0.0.1:1").split())
