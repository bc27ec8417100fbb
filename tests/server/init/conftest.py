"""A simulated shop on a loop of its own beside the tests, and a person whose answers are written down beforehand."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web

from orders_demo.identity import DOMAIN, Secrets
from orders_demo.simulation import Plan, Simulation, simulate
from orders_demo.site import application
from orders_demo.webhooks.manners import POLITE
from orders_sync.commands.init.prompt import Left
from orders_sync.settings import PREFIX

SECRETS = Secrets(f"shpss_{'5' * 32}", f"shpat_{'a' * 32}", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FV")
ORDERS = 24
T = TypeVar("T")


@dataclass
class Person:
    """Answers in turn, an exception by raising it; `said`: all that was said to them, questions and progress too."""

    answers: list[str | BaseException] = field(default_factory=list)
    asks: bool = True
    said: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        self.said.append(text)

    def progress(self, text: str) -> None:
        self.steps.append(text)

    def ask(self, question: str, *, hidden: bool = False) -> str:
        self.said.append(question + "(hidden)" * hidden)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    @property
    def heard(self) -> str:
        return "\n".join([*self.said, *self.steps])


LEAVES = Left()


@dataclass
class Shop:
    """A running simulated shop."""

    url: str
    simulation: Simulation
    loop: asyncio.AbstractEventLoop

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


@pytest.fixture
def shop() -> Iterator[Shop]:
    loop = asyncio.new_event_loop()
    plan = Plan(ORDERS, 7, SECRETS, still=True, domain=DOMAIN, manners=POLITE, alone=True)
    simulation = simulate(plan)
    runner = web.AppRunner(application(simulation), access_log=None, shutdown_timeout=1)

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    running = Shop(f"http://127.0.0.1:{port}", simulation, loop)
    yield running
    running.run(runner.cleanup())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration goes, with none of the machine's settings around."""
    import os

    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    config = tmp_path / "home" / "sync.toml"
    monkeypatch.setenv(f"{PREFIX}CONFIG", str(config))
    return config
