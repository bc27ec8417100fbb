"""Runs a command that a page names where it does no harm: on a desk whose orders are those of the pages' examples."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from aiohttp.test_utils import TestServer
from tests.architecture.pages import Call
from tests.server.contract.whole_desk import WholeDesk, whole_desk
from tests.support.acting import SHOP
from tests.support.desk_orders import line, order, parcel, returned, told

from orders_demo.identity import DOMAIN, Secrets
from orders_demo.simulation import Plan, simulate
from orders_demo.site import application
from orders_sync.__main__ import main as server
from orders_sync.db.engine import Database
from orders_sync.evidence.changes import OrderChange
from orders_sync.instants import system_clock
from orders_tui.cli.main import run
from orders_tui.cli.parser import SERVER_COMMANDS

SECRETS = Secrets.fresh()
STDIN = {
    "parcels.csv": "order,tracking,carrier,sku,quantity\n1001,00340434292135100186,DHL,TEE-BLK-M,2\n",
    "/dev/null": "",
    "numbers.csv": "order,number,carrier,url,parcel\n1003,1Z999AA10123456784,UPS,,F2\n",
    "call.txt": "She takes the green one.\nNot before Friday.\n",
    "scans.txt": "1001\nTEE-BLK-M\ntee-blk-m\n:short TEE-BLK-M\nMUG-ENSO\n",
    "notes.csv": "order,note\n1001,asks for two parcels\n1002,called\n",
}
"""The files that examples read."""

ORDERS: Sequence[OrderChange] = (
    order(1001, None, line(1, "TEE-BLK-M", 3), line(2, "MUG-ENSO", 1), tags=("gift",)),
    order(1002, None, line(3, "TEE-BLK-M", 1)),
    order(1003, None, line(4, "TEE-BLK-M", 2, 0)),
    parcel(1003, 31, name="#1003-F1"),
    parcel(1003, 32, name="#1003-F2"),
    returned(1003, 33, status="requested"),
    order(1004, None, line(5, "TEE-BLK-M", 1)),
    order(1005, None, line(6, "TEE-BLK-M", 1, 0)),
    parcel(1005, 51, number="1Z1"),
    returned(1005, 55, dispositions="disposed"),
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


class TerminalText(io.StringIO):
    """Text that is typed at a terminal, or shown there."""

    def isatty(self) -> bool:
        return True


class ReaderGone(io.StringIO):
    """A pipe whose reader leaves after the first line: what ends a command that would go on for ever."""

    def write(self, text: str) -> int:
        if "\n" in self.getvalue():
            raise BrokenPipeError
        return super().write(text)


@dataclass
class Bench:
    """`folder` is where the commands are run; `empty` is an empty database. `shop_url`: a simulated shop."""

    folder: Path
    empty: Path
    shop_url: str

    async def pipe(self, pipeline: Sequence[Call]) -> Ended:
        """Runs the commands of ours, each with what the one before it printed on its stdin."""
        ended = Ended(0, "", "")
        for call in pipeline:
            if call.ours is not None and ended.status == 0:
                stdin = STDIN[call.reads] if call.reads else ended.out
                ended = await self._run([self._here(word) for word in call.ours], stdin)
        return ended

    async def _run(self, words: list[str], stdin: str) -> Ended:
        if words[:1] and words[0] in SERVER_COMMANDS:
            return await self._server(words, stdin)
        async with self._desk() as desk:
            assigned = await desk.done("assign", {"orderIds": ["1002"], "assignee": "bo"})
            await desk.done("hold", {"orderIds": ["1004"], "reason": "address"})
            noted = await desk.done("note", {"orderIds": ["1001"], "note": "called"})
            note_id = noted["updatedOrders"][0]["noteId"]
            given = {
                "URL": _url(desk),
                "ACTION": assigned["actionId"],
                "NOTE": note_id,
                "COMMAND": "list",
                "NAME": "shop",
            }
            words = [given.get(word, word) for word in words]
            with patch.dict("os.environ", {"ORDERS_TUI_SERVER": _url(desk)}):
                out = ReaderGone() if words[:1] == ["watch"] else io.StringIO()
                task = asyncio.create_task(_typed(lambda: run(words), io.StringIO(stdin), out))
                while words[:1] == ["watch"] and not task.done():
                    await desk.done("assign", {"orderIds": ["1001"], "assignee": "bo"})
                    await asyncio.sleep(0.05)
                return await task

    async def _server(self, words: list[str], stdin: str) -> Ended:
        """A command of the server, on databases of this folder; one that serves ends once it answers."""
        words = [word.replace("http://127.0.0.1:PORT", self.shop_url) for word in words]
        given = {"H": "127.0.0.1", "P": "0", "N": "20", "S": "7", "URL": f"sqlite:///{self.folder}/desk.db"}
        words = [given.get(word, word) for word in words]
        self._prepare(words)
        if words[0] == "init":
            fresh = f"{self.folder}/sync-{len(list(self.folder.iterdir()))}.toml"
            words = [*words, *({"--no-serve"} - set(words)), "--config", fresh]
        settings = {
            "DATABASE_URL": f"sqlite:///{self.folder}/desk.db",
            "SHOP_DOMAIN": DOMAIN,
            "SHOPIFY_API_URL": f"{self.shop_url}/admin/api/2026-07/graphql.json",
            "SHOPIFY_ADMIN_TOKEN": SECRETS.admin_token,
            "SHOPIFY_WEBHOOK_SECRET": SECRETS.webhook,
        }
        with patch.dict("os.environ", {f"ORDERS_SYNC_{name}": value for name, value in settings.items()}):
            made = TerminalText if words[0] == "demo" else io.StringIO
            return await _typed(lambda: server(words), made(stdin), made())

    def _prepare(self, words: Sequence[str]) -> None:
        """Makes the databases and backups that a command reads; where it moves a desk to there is nothing."""
        target = words[words.index("--to") + 1] if "--to" in words else ""
        for word in (f"{self.folder}/desk.db", *words):
            path = Path(word.removeprefix("sqlite:///"))
            if path.is_relative_to(self.folder) and word != target and not path.exists():
                shutil.copy(self.empty, path)

    @asynccontextmanager
    async def _desk(self) -> AsyncIterator[WholeDesk]:
        """The pages' orders on a desk of their own."""
        path = shutil.copy(self.empty, self.folder / "examples.db")
        database = await Database.open(f"sqlite:///{path}", SHOP, system_clock, migrating=False)
        try:
            await told(database, ORDERS)
            async with whole_desk(database) as desk:
                yield desk
        finally:
            await database.close()

    def _here(self, word: str) -> str:
        """Places of a server's machine, and databases that it reaches, as files of this folder."""
        word = re.sub(r"postgresql://desk@db/(\w+)", rf"sqlite:///{self.folder}/\1.postgresql", word)
        return re.sub(r"/backup/|/var/lib/orders-desk/", f"{self.folder}/", word)


def _url(desk: WholeDesk) -> str:
    return str(desk.client.make_url("")).rstrip("/")


async def _typed(command: Callable[[], int], stdin: io.StringIO, out: io.StringIO) -> Ended:
    err = io.StringIO()
    with ExitStack() as stack:
        stack.enter_context(patch.object(sys, "stdin", stdin))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        try:
            status = await asyncio.to_thread(command)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
    return Ended(status, out.getvalue(), err.getvalue())


@asynccontextmanager
async def shop() -> AsyncIterator[str]:
    """A simulated shop that a server may ask, subscribed to already."""
    simulation = simulate(Plan(5, 7, SECRETS, still=True))
    async with TestServer(application(simulation)) as site:
        simulation.listen_at("http://127.0.0.1:9")
        yield str(site.make_url("")).rstrip("/")
