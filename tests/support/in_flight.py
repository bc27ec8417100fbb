"""Requests of the client that are under way: what a test waits for, where it would otherwise guess how long they take."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from orders_tui.api.exchange import Exchange


class InFlight:
    """`count` requests are under way; streams are none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        send = Exchange.send

        async def counted(exchange: Exchange, *given: Any, **named: Any) -> httpx.Response:
            self.count += 1
            try:
                return await send(exchange, *given, **named)
            finally:
                self.count -= 1

        monkeypatch.setattr(Exchange, "send", counted)
