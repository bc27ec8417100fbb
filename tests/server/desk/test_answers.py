"""Answers that still hold are not computed again; those that no longer do are never given."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from multidict import CIMultiDict
from tests.server.conftest import SHOP, SettableClock
from tests.support.desk_client import DeskClient, numbers
from tests.support.projections import projection

from orders_sync.db.engine import Database
from orders_sync.desk import page_cache
from orders_sync.instants import MINUTE, Ms


@contextmanager
def counted_reads(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    reads: list[int] = []
    real = database.read

    async def read(fn, **how):  # type: ignore[no-untyped-def]
        reads.append(1)
        return await real(fn, **how)

    with monkeypatch.context() as patched:
        patched.setattr(database, "read", read)
        yield reads


async def test_an_unchanged_page_is_not_read_again(desk: DeskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.save([projection(1)])
    with counted_reads(desk.database, monkeypatch) as reads:
        for _ in range(3):
            await desk.page()
        assert len(reads) == 1
        await asyncio.gather(*(desk.page(tab="holds") for _ in range(5)))
        assert len(reads) == 2


async def test_a_page_holds_every_change_that_was_answered(desk: DeskClient) -> None:
    for n in range(1, 6):
        await desk.save([projection(n)])
        page = await desk.page()
        assert len(page.orders.items) == n
        assert page.desk is not None
        assert page.desk.version == desk.database.version


async def test_a_page_is_read_again_after_a_minute(
    desk: DeskClient, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted_reads(desk.database, monkeypatch) as reads:
        await desk.page()
        clock.advance(MINUTE - 1)
        await desk.page()
        assert len(reads) == 1
        clock.advance(1)
        await desk.page()
        assert len(reads) == 2


async def test_an_unchanged_page_is_a_304_to_who_has_it(desk: DeskClient) -> None:
    await desk.save([projection(1)])
    async with desk.client.get("/sync/orders") as answer:
        etag = answer.headers["ETag"]
    for given in (etag, f'"other", W/{etag}', "*"):
        async with desk.client.get("/sync/orders", headers={"If-None-Match": given}) as answer:
            assert (answer.status, answer.headers["ETag"], await answer.read()) == (304, etag, b"")
    several = CIMultiDict([("If-None-Match", '"other"'), ("If-None-Match", etag)])
    async with desk.client.get("/sync/orders", headers=several) as answer:
        assert answer.status == 304
    await desk.save([projection(2)])
    async with desk.client.get("/sync/orders", headers={"If-None-Match": etag}) as answer:
        assert answer.status == 200
        assert answer.headers["ETag"] != etag


async def test_min_version_waits_for_what_another_process_wrote(desk: DeskClient) -> None:
    other = await Database.open(desk.database.url.render_as_string(hide_password=False), SHOP)
    client = DeskClient(other, desk.client, desk.thresholds)
    await desk.page()
    await client.save([projection(9)])
    asked = asyncio.create_task(desk.page(minVersion=other.version))
    await asyncio.sleep(0)
    desk.database.advance(other.version)
    assert numbers(await asked) == [9]
    await other.close()


async def test_a_version_that_does_not_come_is_unavailable(desk: DeskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "WAIT_FOR_VERSION_S", 0.01)
    async with desk.client.get("/sync/orders", params={"minVersion": "12"}) as answer:
        body = await answer.json()
        assert (answer.status, body["code"], body["success"]) == (503, "unavailable", False)
        assert int(answer.headers["Retry-After"]) >= 1
        assert "updatedOrders" not in body


async def test_a_refusal_names_the_parameter(desk: DeskClient) -> None:
    assert (await desk.refusal(tab="nope")).startswith("tab: 'nope' is not allowed; allowed: all, unfulfilled")
    assert "ofs:" in await desk.refusal(cursor="ofs:ZZ")


@pytest.mark.parametrize(
    "hostile", ["\x00", "a\x00b", "\ufffd", "'; DROP TABLE orders; --", "%", "\\", "#", "a" * 400, "🦊" * 50]
)
async def test_no_text_breaks_a_search_or_a_filter(desk: DeskClient, hostile: str) -> None:
    await desk.save([projection(1, customer_name="Plain Name", tags=("plain",))])
    for name in ("q", "tag", "assigned_to"):
        expected = [1] if (name, hostile) == ("q", "#") else []
        assert numbers(await desk.page(**{name: hostile})) == expected
        assert numbers(await desk.page(tab="unfulfilled", **{name: hostile})) == []


@pytest.mark.parametrize("value", ["\x00", "\ud800", "a\U0010ffff"])
async def test_a_key_that_no_row_can_have_is_refused(desk: DeskClient, value: str) -> None:
    body = {"last_id": 1, "last_value": value, "tab": "all", "sort": "customer_name"}
    cursor = base64.b64encode(json.dumps(body).encode()).decode()
    assert (await desk.refusal(cursor=cursor, sort="customer_name")).startswith("cursor: ")


async def test_a_day_begins_and_ends_where_it_should(desk: DeskClient) -> None:
    start = 20_000 * 86_400_000
    await desk.save(
        [projection(n, placed_at=Ms(start + at)) for n, at in enumerate([-1, 0, 86_399_999, 86_400_000], 1)]
    )
    assert numbers(await desk.page(date_start="2024-10-04", date_end="2024-10-04")) == [3, 2]
    assert numbers(await desk.page(date_end="2024-10-04T00:00:00Z")) == [3, 2, 1]
    assert numbers(await desk.page(date_start="2024-10-04T23:59:59.999Z", date_end="2024-10-05T00:00:00.000Z")) == [
        4,
        3,
    ]
    assert numbers(await desk.page(date_end="2024-10-04T23:59:59.998Z")) == [2, 1]
