"""Whether the database, every client's view and the simulated shop agree. Each function names every way in which they do not."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.soak.commands import CommandFailed, run
from tests.soak.desk_database import DeskDatabase
from tests.soak.listener import Listener
from tests.soak.operator import Json, Operator
from tests.soak.processes import Fleet
from tests.soak.workplace import Workplace

from orders_sync.db.tables import actions, order_assignments, order_tags, orders, outbox, parcels, returns
from orders_sync.outbox.kinds import Kind, Target

SHOWN = {
    orders: ("id", "name", "placed_at", "status", "priority", "channel", "total_minor", "currency", "customer_folded"),
    parcels: ("order_id", "fulfillment_id", "has_number", "live", "delivered_at"),
    order_tags: ("order_id", "tag"),
    returns: ("return_id", "order_id"),
}
"""Columns that the shop alone decides."""


def streams(listeners: Sequence[Listener], database: DeskDatabase, until: int) -> Iterator[str]:
    """Every stream was told every event once, in order, over all its losses."""
    every = database.told(min((listener.begun or 0 for listener in listeners), default=0), until)
    for n, listener in enumerate(listeners):
        if listener.begun is None:
            yield f"stream {n} never began"
            continue
        if listener.resets:
            yield f"stream {n} was told to start over {listener.resets} times"
        told = [number for number in listener.told if number <= until]
        expected = every[bisect_right(every, listener.begun) :]
        if told != expected:
            missed, twice = set(expected) - set(told), [k for k, times in Counter(told).items() if times > 1]
            yield f"stream {n}: {len(missed)} events missed, {len(twice)} told twice, in order: {told == sorted(told)}"


async def views(operators: Sequence[Operator], workplaces: Sequence[Workplace], fleet: Fleet) -> list[str]:
    """Every operator's page and every real client's table is what every process answers now."""
    found: list[str] = []
    for workplace in workplaces:
        found += [wrong for server in fleet.servers if (wrong := await workplace.wrong_from(server.url))]
    for operator in operators:
        for server in fleet.servers:
            now = _gist(await operator.fetch_from(server))
            if now != _gist(operator.page):
                found.append(f"{operator.name}'s page {operator.tab} is not what {server.name} answers")
    return found


def _gist(page: Json) -> Json:
    """A page without what only ages, and without the desk's version, which grows with what is on other pages."""
    rows = [{k: v for k, v in row.items() if k not in _AGEING} for row in page["orders"]["items"]]
    return {"rows": rows, "info": page["orders"]["page_info"], "tabs": page["tabs"], "alerts": page["alerts"]}


_AGEING = frozenset({"age_hours"})


def answered(operators: Sequence[Operator], workplaces: Sequence[Workplace], database: DeskDatabase) -> Iterator[str]:
    """No answered action is lost, none done twice; a key brings the same answer every time."""
    recorded = {row.action_id for row in database.all(actions, "action_id")}
    claimed: Counter[str] = Counter()
    for operator in operators:
        yield from (f"{operator.name} was answered {strange}" for strange in operator.strange)
        for attempt in operator.attempts:
            if len(set(attempt.answers)) != 1:
                yield f"{attempt.key} ({attempt.path}) has {len(set(attempt.answers))} different answers"
            elif attempt.action_id:
                claimed[attempt.action_id] += 1
    for workplace in workplaces:
        claimed.update(workplace.action_ids())
        yield from (f"{workplace.name} waits for {entry.key}" for entry in workplace.session.actions.unsettled)
    yield from (f"action {name} was answered and is not recorded" for name in claimed.keys() - recorded)
    yield from (f"action {name} is recorded and nobody was answered" for name in recorded - claimed.keys())
    yield from (f"action {name} answers {times} keys" for name, times in claimed.items() if times > 1)


def owners(database: DeskDatabase, ledger: Sequence[Json]) -> Iterator[str]:
    """Each order's owner is the last one in its history, and the one that the shop was told last."""
    last = {
        row.order_id: row.assignee
        for row in sorted(database.all(order_assignments, "order_id", "assignee", "id"), key=lambda row: row.id)
    }
    told = {
        entry["subject"]: entry["effect"]["value"]
        for entry in ledger
        if entry["name"] == "metafieldsSet" and entry["effect"]["key"].endswith("assigned_to")
    }
    for row in database.all(orders, "id", "assigned_to"):
        shown = row.assigned_to or "unassigned"
        if row.id in last and last[row.id] != shown:
            yield f"order {row.id} belongs to {shown}, its history ends with {last[row.id]}"
        in_shop = told.get(f"gid://shopify/Order/{row.id}", "unassigned")
        if in_shop != shown:
            yield f"order {row.id} belongs to {shown}, the shop was told {in_shop}"


def effects(database: DeskDatabase, ledger: Sequence[Json]) -> Iterator[str]:
    """Each message and each refund that left had its effect once; what the desk took back or gave up had none."""
    rows = database.all(outbox, "dedupe_key", "target", "kind", "state")
    sent = {row.dedupe_key for row in rows if row.target in (Target.ERP, Target.SUPPORT) and row.state == "done"}
    heard = {entry["subject"] for entry in ledger if entry["kind"] in ("erp", "support")}
    yield from (f"message {key} is done, and was not heard" for key in sent - heard)
    yield from (f"message {key} was heard, and is not done" for key in heard - sent)
    for name, kind in (("returnProcess", Kind.REFUND),):
        times = Counter(entry["subject"] for entry in ledger if entry["name"] == name)
        yield from (f"{name} of {subject} was done {n} times" for subject, n in times.items() if n > 1)
        done = sum(row.kind == kind and row.state == "done" for row in rows)
        if done < len(times):
            yield f"the shop did {name} for {len(times)} returns, the desk knows of {done}"
    parts = Counter(
        part
        for entry in ledger
        if entry["name"] == "fulfillmentCreate"
        for part in entry["effect"]["fulfillmentOrders"]
    )
    yield from (f"{part} was fulfilled {n} times" for part, n in parts.items() if n > 1)


def shop_agrees(soaked: DeskDatabase, fresh: DeskDatabase) -> Iterator[str]:
    """The desk shows of each order what a desk shows that read the shop only now."""
    for table, names in SHOWN.items():
        mine, theirs = _rows(soaked, table, names) - _reopened(soaked), _rows(fresh, table, names)
        yield from (
            f"{table.name}: the desk has {row}, the shop does not" for row in sorted(mine - theirs, key=str)[:10]
        )
        yield from (
            f"{table.name}: the shop has {row}, the desk does not" for row in sorted(theirs - mine, key=str)[:10]
        )


def _reopened(database: DeskDatabase) -> set[tuple[Any, ...]]:
    """Entries of returns that were reopened after their end: only who saw the end has them, under ids of its own."""
    return {row for row in _rows(database, returns, SHOWN[returns]) if row[0] < 0}


def _rows(database: DeskDatabase, table: Any, names: Sequence[str]) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in database.all(table, *names)}


async def read_again(settings: Mapping[str, str], folder: Path) -> str:
    """A new desk made by reading the shop now; its database's URL."""
    url = f"sqlite:///{folder / 'fresh.db'}"
    await run("poll", "once", "--create", settings={**settings, "DATABASE_URL": url, "SHOPIFY_WRITES": "off"})
    return url


async def verified(settings: Mapping[str, str]) -> list[str]:
    """What `orders-tui verify` finds."""
    try:
        await run("verify", settings=settings)
    except CommandFailed as found:
        return [str(found)]
    return []
