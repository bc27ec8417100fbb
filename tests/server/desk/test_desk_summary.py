"""What stands around the rows: metrics, panels and counts, exact over all orders, whatever the page and the filters."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from tests.server.conftest import SettableClock
from tests.support.desk_client import DeskClient, numbers
from tests.support.desk_model import DeskModel, random_orders
from tests.support.desk_recount import Stock, recount
from tests.support.projections import projection

from orders_sync.db.selection import Selection
from orders_sync.db.tables import alerts, stock
from orders_sync.db.tx import Tx
from orders_sync.instants import DAY, FOREVER, HOUR, MINUTE, SECOND, Ms, parse_instant
from orders_sync.rules.projection import ParcelRow, Projection
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import Tab

STOCK = {
    "TEE-1": Stock(-3, "Tee", parse_instant("2026-04-01T00:00:00Z")),
    "MUG": Stock(4),
    "GONE": Stock(-1),
    "HERE": Stock(0, "Here"),
}


async def stocked(desk: DeskClient) -> None:
    rows = [
        {"sku": sku, "available": s.available, "title": s.title, "eta": s.eta, "shop_id": desk.database.shop_id}
        for sku, s in STOCK.items()
    ]
    await desk.database.write(lambda tx: tx.conn.execute(insert(stock), rows) and None)


@pytest.mark.parametrize("seed", [1, 2])
async def test_everything_beside_the_rows_equals_a_recount(desk: DeskClient, seed: int) -> None:
    now = desk.database.clock()
    available = {sku: level.available for sku, level in STOCK.items()}
    model = DeskModel(random_orders(Random(seed), 150, now), now, available=available)
    await stocked(desk)
    await desk.save(model.orders)
    for parameters in ({}, {"tab": "holds", "pageSize": 3}, {"q": "#1", "sort": "status"}):
        status, body = await desk.get("/sync/orders", **parameters)
        assert status == 200
        expected = recount(model, STOCK)
        expected["metrics"]["total_orders"] = body["metrics"]["total_orders"]
        assert {name: body[name] for name in expected} == expected
        for row in body["orders"]["items"]:
            assert (row["ready"], row["blockers"]) == model.readiness[int(row["id"].rpartition("/")[2])], row["id"]
        assert body["period"] == {
            "label": "Last 7 days",
            "start": "2026-03-04T00:00:00Z",
            "end": "2026-03-11T00:00:00Z",
        }


async def test_an_empty_desk_answers_with_zeroes_and_empty_lists(desk: DeskClient) -> None:
    _, body = await desk.get("/sync/orders")
    assert body["metrics"] == dict.fromkeys(
        (
            "total_orders",
            "awaiting_fulfillment",
            "awaiting_tracking",
            "overdue",
            "overdue_pct",
            "avg_fulfillment_hours",
            "breaches",
            "ready",
        ),
        0,
    )
    assert body["shipments"]["delayed"] == body["returns"]["pending"] == body["inventory_blocks"] == []
    assert body["tabs"] == dict.fromkeys([tab.value for tab in Tab], 0)
    assert body["orders"]["page_info"]["totalPages"] == 1


async def test_dates_move_the_period_of_the_average_and_of_nothing_else(desk: DeskClient) -> None:
    placed = parse_instant("2026-02-01T10:00:00Z")
    await desk.save(
        [
            projection(1, placed_at=placed, first_fulfilled_at=Ms(placed + 5 * HOUR)),
            projection(2, placed_at=placed, first_fulfilled_at=Ms(placed + 2 * DAY)),
        ]
    )
    _, body = await desk.get("/sync/orders", date_start="2026-02-01", date_end="2026-02-01T15:00:00Z")
    assert body["period"] == {"label": "Custom", "start": "2026-02-01T00:00:00Z", "end": "2026-02-01T15:00:00Z"}
    assert body["metrics"]["avg_fulfillment_hours"] == 5.0
    assert body["metrics"]["total_orders"] == body["tabs"]["all"] == 2
    _, body = await desk.get("/sync/orders", date_start="2026-02-01T20:00:00+02:00")
    assert body["period"] == {"label": "Custom", "start": "2026-02-01T18:00:00Z", "end": "2026-03-11T00:00:00Z"}
    assert body["metrics"]["avg_fulfillment_hours"] == 48.0
    assert (body["metrics"]["total_orders"], body["tabs"]["all"]) == (0, 2)
    _, body = await desk.get("/sync/orders", date_end="2026-02-28T00:00:00Z")
    assert body["period"] == {"label": "Custom", "start": "2026-02-01T10:00:00Z", "end": "2026-03-01T00:00:00Z"}


def delivered(order_id: int, at: Ms) -> Projection:
    """An order placed an hour before it was fulfilled and, at once, delivered."""
    parcel = ParcelRow(
        order_id, at, at, live=False, moving=False, late_prone=False, has_number=True, open_order=True, delivered_at=at
    )
    return projection(order_id, placed_at=Ms(at - HOUR), first_fulfilled_at=at, parcels=(parcel,))


class TestInAnotherZone:
    @pytest.fixture
    def thresholds(self) -> Thresholds:
        return Thresholds(zone=ZoneInfo("America/Los_Angeles"))

    async def test_days_are_those_of_the_desk_zone(self, desk: DeskClient) -> None:
        midnight = parse_instant("2026-03-10T07:00:00Z")
        instants = [Ms(midnight - 1), midnight, Ms(midnight + 4 * HOUR)]
        await desk.save([delivered(n, at) for n, at in enumerate(instants, start=1)])
        _, body = await desk.get("/sync/orders")
        assert body["shipments"]["delivered_today"] == 2
        assert body["period"] == {
            "label": "Last 7 days",
            "start": "2026-03-04T08:00:00Z",
            "end": "2026-03-11T07:00:00Z",
        }
        _, body = await desk.get("/sync/orders", date_start="2026-03-10")
        assert body["metrics"]["total_orders"] == 1

    async def test_an_answer_that_is_held_ends_with_the_day(self, desk: DeskClient, clock: SettableClock) -> None:
        midnight = parse_instant("2026-03-11T07:00:00Z")
        clock.now = Ms(midnight - SECOND)
        await desk.save([delivered(1, clock.now)])
        _, body = await desk.get("/sync/orders")
        assert (body["shipments"]["delivered_today"], body["period"]["end"]) == (1, "2026-03-11T07:00:00Z")
        clock.now = midnight
        _, body = await desk.get("/sync/orders")
        assert (body["shipments"]["delivered_today"], body["period"]["end"]) == (0, "2026-03-12T07:00:00Z")
        assert body["period"]["start"] == "2026-03-05T08:00:00Z"


class TestWork:
    """What has to be sent next (contract §1, `work`)."""

    async def test_what_is_due_soon_changes_with_the_clock_alone(self, desk: DeskClient, clock: SettableClock) -> None:
        due = Ms(clock.now + 2 * HOUR)
        await desk.save([projection(1, due_at=due, assigned_to="bo"), projection(2, due_at=Ms(due - 1))])
        seen = []
        for passed in (0, 1, 2 * HOUR - 2, 1, 1):
            clock.advance(passed)
            work = (await desk.page()).work
            assert work is not None
            seen.append(([order.order_number for order in work.due_soon], work.due_today, work.unowned_overdue))
        assert seen == [(["#2"], 2, 0), (["#2", "#1"], 2, 0), (["#2", "#1"], 2, 0), (["#1"], 1, 1), ([], 0, 1)]

    async def test_an_owner_has_what_comes_first_and_the_busiest_are_named(self, desk: DeskClient) -> None:
        now = desk.database.clock()
        await desk.save(
            [
                *(projection(n, due_at=Ms(now - n * HOUR), assigned_to="ana") for n in range(1, 8)),
                *(projection(100 + n, due_at=now, assigned_to=f"o{n:02}") for n in range(60)),
                projection(200, assigned_to="idle"),
            ]
        )
        work = (await desk.page(pageSize=1)).work
        assert work is not None
        assert [owner.name for owner in work.owners] == ["ana", *(f"o{n:02}" for n in range(49))]
        ana = work.of("ana")
        assert ana is not None
        assert (ana.total, ana.overdue, [order.order_number for order in ana.orders]) == (
            7,
            7,
            ["#7", "#6", "#5", "#4", "#3"],
        )
        assert work.of("o55") is None

    async def test_an_owner_who_is_not_named_among_few_has_nothing_to_send(self, desk: DeskClient) -> None:
        work = (await desk.page()).work
        assert work is not None
        nothing = work.of("ana")
        assert nothing is not None
        assert (nothing.total, nothing.orders) == (0, [])


async def test_alerts_and_gaps_are_the_open_messages_newest_first(desk: DeskClient) -> None:
    def raise_all(tx: Tx) -> None:
        rows = [
            {
                "alert_id": f"{n}",
                "type": "data_gap" if gap else "order_overdue",
                "order_id": 0 if gap else n,
                "cause": f"c{n}",
                "message": f"message {n}",
                "severity": 1,
                "state": state,
                "opened_at": n * MINUTE,
                "shop_id": tx.shop_id,
            }
            for n in range(1, 70)
            for gap in [n % 10 == 0]
            for state in ["cleared" if n % 9 == 0 else "open"]
        ]
        tx.conn.execute(insert(alerts), rows)
        tx.ping()

    await desk.database.write(raise_all)
    page = await desk.page()
    open_ones = [n for n in range(69, 0, -1) if n % 9]
    assert page.alerts == [f"message {n}" for n in open_ones if n % 10][:50]
    assert page.alerts_total == len([n for n in open_ones if n % 10])
    assert page.data_gaps == [f"message {n}" for n in open_ones if n % 10 == 0]
    assert page.data_gaps_total == len(page.data_gaps)


async def test_a_row_carries_what_the_moment_and_others_add(desk: DeskClient, clock: SettableClock) -> None:
    late = ParcelRow(
        1, clock.now, Ms(clock.now - DAY), live=True, moving=True, late_prone=True, has_number=True, open_order=True
    )
    await desk.save([projection(1, placed_at=Ms(clock.now - 90 * MINUTE), parcels=(late,))], version=7)
    order = (await desk.page()).orders.items[0]
    assert (order.age_hours, order.issue, order.version, order.alerts) == (1.5, "carrier", 7, [])
    assert (order.outbound.waiting, order.outbound.failed) == (0, 0)


class TestTime:
    """Membership that the clock changes: nothing is written, and the next answer knows."""

    async def tabs(self, desk: DeskClient) -> dict[str, int]:
        return (await desk.page()).tabs

    async def test_an_order_becomes_overdue_and_then_a_breach(self, desk: DeskClient, clock: SettableClock) -> None:
        await desk.save([projection(1, due_at=Ms(clock.now), live_at=Ms(2**53))])
        assert (await self.tabs(desk))["overdue"] == 0
        clock.advance(1)
        assert (await self.tabs(desk))["overdue"] == 1
        clock.advance(DAY - 2)
        assert (await desk.page()).metrics.breaches == 0
        clock.advance(1)
        assert (await desk.page()).metrics.breaches == 1

    async def test_what_is_due_today_is_until_it_is_late(self, desk: DeskClient, clock: SettableClock) -> None:
        midnight = Ms((clock.now // DAY + 1) * DAY)
        dues = (Ms(clock.now + HOUR), Ms(midnight - 1), midnight)
        await desk.save([projection(n, due_at=due, live_at=FOREVER) for n, due in enumerate(dues, start=1)])
        for now, due_today in (
            (clock.now, 2),
            (dues[0], 2),
            (Ms(dues[0] + 1), 1),
            (midnight, 1),
            (Ms(midnight + 1), 0),
        ):
            clock.now = now
            work = (await desk.page()).work
            assert work is not None
            assert work.due_today == due_today

    async def test_tracking_becomes_pending_after_two_hours(self, desk: DeskClient, clock: SettableClock) -> None:
        await desk.save([projection(1, unnumbered_at=clock.now, live_at=clock.now)])
        clock.advance(2 * HOUR)
        assert (await self.tabs(desk))["tracking_pending"] == 0
        clock.advance(1)
        assert (await self.tabs(desk))["tracking_pending"] == 1

    async def test_a_silent_parcel_is_delayed_for_thirty_days(self, desk: DeskClient, clock: SettableClock) -> None:
        silent = ParcelRow(
            1, clock.now, clock.now, live=True, moving=True, late_prone=True, has_number=True, open_order=True
        )
        await desk.save([projection(1, parcels=(silent,), untracked_at=clock.now, live_at=clock.now)])
        clock.advance(DAY - 1)
        assert ((await self.tabs(desk))["delayed"], (await desk.page()).orders.items[0].issue) == (0, None)
        clock.advance(1)
        assert ((await self.tabs(desk))["delayed"], (await desk.page()).orders.items[0].issue) == (1, "carrier")
        clock.advance(29 * DAY - 1)
        assert (await self.tabs(desk))["delayed"] == (await self.tabs(desk))["awaiting_tracking"] == 1
        clock.advance(1)
        assert (await self.tabs(desk))["delayed"] == (await self.tabs(desk))["awaiting_tracking"] == 0

    async def test_no_answer_of_any_tab_outlives_a_transition(self, desk: DeskClient, clock: SettableClock) -> None:
        """Asked again and again, as from a screen that is left open, while the clock passes every kind of transition."""
        orders = random_orders(Random(8), 60, clock.now)
        await desk.save(orders)
        await stocked(desk)
        instants = [o.due_at for o in orders if o.due_at is not None]
        instants += [Ms(o.unnumbered_at + 2 * HOUR) for o in orders if o.unnumbered_at is not None]
        instants += [Ms(p.last_update + wait) for o in orders for p in o.parcels for wait in (DAY, 30 * DAY)]
        soon = sorted({at for at in instants if clock.now < at < clock.now + 3 * DAY})
        for at in sorted(Random(9).sample(soon, 6)):
            for now in (Ms(at - 1), at, Ms(at + 1)):
                clock.now = now
                for tab in Tab:
                    page = await desk.page(tab=tab.value, pageSize=250)
                    expected = DeskModel(orders, now).select(Selection(tab))
                    assert numbers(page) == [o.order_id for o in expected], (tab, now)
                    assert page.tabs[tab.value] == len(expected)

    async def test_ages_are_at_most_a_minute_old(self, desk: DeskClient, clock: SettableClock) -> None:
        await desk.save([projection(1, placed_at=clock.now)])
        await desk.page()
        clock.advance(MINUTE + SECOND)
        assert (await desk.page()).orders.items[0].age_hours == round(61 / 3600, 2)
