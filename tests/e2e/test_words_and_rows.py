"""Nothing is said to be sent that is not queued: the words of every dialog and of what came of it, against the rows that wait.

The real client in front of the real server, in one process: what the dialog says before it is confirmed, what is said when it was
done, and what the outbox holds then (contract §3a). A dialog that is not listed here fails.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import select
from tests.server.contract.whole_desk import Body, WholeDesk, whole_desk
from tests.support import demo_desk
from tests.support.acting import SHOP
from tests.support.desk_orders import labelled, line, order, parcel, returned, told
from tests.support.in_flight import InFlight
from tests.support.unseen_frames import skip_unseen_frames
from textual.widgets import Static

from orders_sync.db.engine import Database
from orders_sync.db.location import parse
from orders_sync.db.migrate import migrate
from orders_sync.db.tables import outbox
from orders_sync.db.tx import Reading
from orders_sync.evidence.changes import OrderChange
from orders_sync.instants import system_clock
from orders_tui.api.client import SyncApi
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.context.context import Context
from orders_tui.dialogs import dialog
from orders_tui.dialogs.dialog import Dialog
from orders_tui.feed.sse import SseFeed
from orders_tui.keymap import build
from orders_tui.pace import Pace
from orders_tui.query import Filters, OrdersQuery
from orders_tui.screens.desk import DeskScreen
from orders_tui.session import Session
from orders_tui.session.log import ActionState
from orders_tui.widgets.bar import Bar
from orders_wire.vocabulary import ActionName, Tab

SETTLED = (ActionState.DONE, ActionState.FAILED)
REAL, PLACEHOLDER = "1Z999AA10123456784", "TRK-9F2c"

Rows = Mapping[int, tuple[str, str]]


@dataclass(frozen=True)
class Scene:
    """One order, what was done on it before, and the keys that are pressed on it; `TEXT:…` is pasted.

    `told`: what the shop tells of the order of this number. `confirms`: the keys that send.
    """

    told: Callable[[int], Sequence[OrderChange]]
    keys: tuple[str, ...]
    done: Callable[[str], Sequence[tuple[str, Body]]] = lambda _: ()
    confirms: tuple[str, ...] = ("ctrl+s",)


def owing(*more: Callable[[int], OrderChange]) -> Callable[[int], Sequence[OrderChange]]:
    """It owes two TEE and a MUG."""

    def told_of(n: int) -> Sequence[OrderChange]:
        return order(n, None, line(n * 10, f"TEE-{n}", 2), line(n * 10 + 1, f"MUG-{n}", 1)), *(make(n) for make in more)

    return told_of


def sent(
    *numbers: str | None, more: Sequence[Callable[[int], OrderChange]] = ()
) -> Callable[[int], Sequence[OrderChange]]:
    """It owes nothing, and has a parcel for each number."""

    def told_of(n: int) -> Sequence[OrderChange]:
        parcels = (parcel(n, n * 100 + at, number=number) for at, number in enumerate(numbers))
        return order(n, None, line(n * 10, f"TEE-{n}", 2, 0)), *parcels, *(make(n) for make in more)

    return told_of


def held_by_us(**more: object) -> Callable[[str], Sequence[tuple[str, Body]]]:
    return lambda order_id: [("hold", {"orderIds": [order_id], "reason": "customer", **more})]


def held_in_part(order_id: str) -> Sequence[tuple[str, Body]]:
    """One TEE of it is held by us."""
    return held_by_us(lines=[{"lineId": str(int(order_id) * 10), "quantity": 1}])(order_id)


def of_return(n: int) -> OrderChange:
    return returned(n, n * 100)


def of_request(n: int) -> OrderChange:
    return returned(n, n * 100, status="requested")


AGAIN = ("H", "ctrl+t", *["down"] * 5)
"""To the form of a hold from the holds that are there, and to the reason `customer`."""

SCENES: dict[ActionName, dict[str, Scene]] = {
    ActionName.FULFILL: {
        "owed": Scene(owing(), ("f",)),
        "owed, numbered": Scene(owing(), ("f", f"TEXT:{REAL}")),
        "owed, placeholder": Scene(owing(), ("f", f"TEXT:{PLACEHOLDER}")),
    },
    ActionName.TRACKING: {
        "lacking": Scene(sent(None), ("f", "enter", f"TEXT:{REAL}")),
        "lacking, placeholder": Scene(sent(None), ("f", "enter", f"TEXT:{PLACEHOLDER}")),
        "corrected": Scene(sent("1Z1"), ("f", "enter", "end", "ctrl+u", f"TEXT:{REAL}")),
        "of a parcel that waits": Scene(
            owing(), ("f", "enter", f"TEXT:{REAL}"), lambda order_id: [("fulfill", {"orderIds": [order_id]})]
        ),
    },
    ActionName.HOLD: {
        "owed": Scene(owing(), ("H", "down")),
        "again for the same reason": Scene(owing(), (*AGAIN, "tab", "TEXT:at noon"), held_by_us()),
        "again for the same reason, without its time": Scene(
            owing(), (*AGAIN, "tab", "tab", "end", "ctrl+u"), held_by_us(until="2099-01-01T09:00:00Z")
        ),
        "for another reason too": Scene(owing(), (*AGAIN, "up"), held_by_us()),
        "the rest, for the same reason": Scene(owing(), AGAIN, held_in_part),
        "just the part that is held": Scene(owing(), (*AGAIN, "ctrl+o", "tab", "TEXT:at noon"), held_in_part),
    },
    ActionName.RELEASE: {
        "not sent yet": Scene(owing(), ("H",), held_by_us()),
        "sent": Scene(owing(), ("H",), held_by_us(delaySeconds=0)),
    },
    ActionName.TAGS: {"added": Scene(owing(), ("number_sign", "TEXT:gift"))},
    ActionName.ADDRESS: {"corrected": Scene(owing(), ("colon", "TEXT:address", "enter", *["down"] * 8, "TEXT:DE"))},
    ActionName.INVENTORY: {
        "owed": Scene(owing(), ("i", "TEXT:TEE-{n}")),
        "held for it already": Scene(
            owing(),
            ("i", "TEXT:TEE-{n}"),
            lambda order_id: [("inventory", {"orderIds": [order_id], "sku": f"TEE-{order_id}"})],
        ),
    },
    ActionName.RETURNS: {
        "to inspect": Scene(sent("1Z1", more=[of_return, lambda n: labelled(n, n * 100)]), ("r",)),
        "denied": Scene(sent("1Z1", more=[of_return]), ("r",)),
        "a request that is accepted": Scene(sent("1Z1", more=[of_request]), ("r",)),
        "a request that is denied": Scene(sent("1Z1", more=[of_request]), ("r", "down")),
    },
    ActionName.CANCEL: {
        "owed": Scene(owing(), ("colon", "TEXT:cancel staff", "enter")),
        "with nothing paid back": Scene(owing(), ("colon", "TEXT:cancel staff", "enter", "ctrl+r", "ctrl+t")),
    },
}
SILENT = {
    ActionName.ASSIGN: "an owner is the desk's own; its metafield is a copy, of which no dialog speaks",
    ActionName.SUPPORT: "what it says goes to the support queue; its metafields are copies",
    ActionName.NOTE: "a note stays on this desk; its dialog says so, and nothing of it is queued",
    ActionName.UNDO: "it has no dialog, and sends nothing",
}


def test_every_action_has_its_scenes() -> None:
    assert SCENES.keys() | SILENT.keys() == set(ActionName)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database."""
    path = tmp_path_factory.mktemp("words") / "desk.db"
    migrate(parse(f"sqlite:///{path}"))
    return path


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(dialog, "READ_S", 0.0)
    skip_unseen_frames(monkeypatch)


@pytest.fixture
def in_flight(monkeypatch: pytest.MonkeyPatch) -> InFlight:
    return InFlight(monkeypatch)


@dataclass
class Operator(demo_desk.Operator):
    """Somebody at the desk, whose requests are looked after."""

    patience_s: ClassVar[float] = 20
    in_flight: InFlight

    async def settled(self) -> None:
        """What the last key led to is there."""
        await self.pilot.pause()
        await self.until(lambda: not self.in_flight.count)
        await self.pilot.pause()

    async def show(self, n: int) -> None:
        """Just the order of this number is on show, and all that is known of it is here."""
        table = self.session.table
        table.show(OrdersQuery(Tab.ALL, Filters(words=f"#{n}"), page_size=36))
        await self.until(lambda: [row.order.order_number for row in table.view.rows] == [f"#{n}"])
        await self.until(lambda: table.detail(table.view.rows[0].order.id))
        await self.settled()

    @staticmethod
    def claims(words: str) -> bool:
        """Whether something is said to go to Shopify, or to wait for it."""
        return "Shopify" in words

    @property
    def said(self) -> str:
        """What the dialog says will come of it."""
        assert isinstance(self.app.screen, Dialog), self.app.screen
        widget = self.app.screen.query_one("#consequence")
        assert isinstance(widget, Bar | Static)
        return widget.text if isinstance(widget, Bar) else str(widget.render())


@asynccontextmanager
async def at_work(desk: WholeDesk, reports: Path, in_flight: InFlight) -> AsyncIterator[Operator]:
    pace = Pace()
    api = SyncApi(str(desk.client.make_url("")).rstrip("/"), pace=pace)
    session = Session(api, SseFeed(api, pace), query=OrdersQuery(page_size=36), pace=pace)

    async def begin(app: DeskApp) -> None:
        app.run_session(work, api.close)

    app = DeskApp(lambda: DeskScreen(work), reports, pace=pace, begin=begin)
    work = Context(session, Config(), pace, build({}), keyboard=app.keyboard, outgoing=api)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        operator = Operator(app, pilot, session, in_flight)
        await operator.until(lambda: session.me is not None and isinstance(app.screen, DeskScreen))
        yield operator


def _waiting(conn: Reading) -> Rows:
    """What waits for Shopify, by row: its state and what it will send."""
    wanted = select(outbox.c.id, outbox.c.state, outbox.c.payload).where(outbox.c.target == "shopify")
    waits = {row.id: (row.state, row.payload) for row in conn.execute(wanted)}
    return {row: (state, sends) for row, (state, sends) in waits.items() if state in ("queued", "needs_review")}


@pytest.mark.parametrize("writes", [True, False], ids=["writes on", "writes off"])
async def test_words_claim_shopify_exactly_where_a_row_waits(
    writes: bool, empty: Path, tmp_path: Path, in_flight: InFlight
) -> None:
    url = f"sqlite:///{shutil.copy(empty, tmp_path / 'desk.db')}"
    scenes = [(f"{action}: {name}", scene) for action, scenes in SCENES.items() for name, scene in scenes.items()]
    database = await Database.open(url, SHOP, system_clock)
    try:
        async with whole_desk(database, shopify_writes=writes) as desk:
            for n, (_, scene) in enumerate(scenes, 1001):
                await told(database, scene.told(n))
                for action, body in scene.done(str(n)):
                    await desk.done(action, body)
            await desk.claim()
            async with at_work(desk, tmp_path, in_flight) as operator:
                amiss = [
                    await amiss_in(operator, database, n, name, scene) for n, (name, scene) in enumerate(scenes, 1001)
                ]
    finally:
        await database.close()
    assert not any(amiss), "\n".join(filter(None, amiss))


async def amiss_in(operator: Operator, database: Database, n: int, name: str, scene: Scene) -> str:
    """What does not agree with the rows; empty: nothing."""
    log = operator.session.actions
    before, entries = await database.read(_waiting), len(log.log)
    await operator.show(n)
    for key in scene.keys:
        await operator.press(key.replace("{n}", str(n)))
        await operator.settled()
    words = operator.said
    await operator.press(*scene.confirms)
    try:
        await operator.until(lambda: len(log.log) > entries and log.log[-1].state in SETTLED)
    except TimeoutError:
        return f"{name}: nothing was sent, and the dialog says {words!r}"
    if log.log[-1].state is ActionState.FAILED:
        return f"{name}: {log.log[-1].message}"
    waits = dict((await database.read(_waiting)).items() - before.items())
    claims = operator.claims(words)
    return "" if claims is bool(waits) else f"{name}: {words!r}, and there wait {waits}"
