"""Whatever comes from a server's address, a command ends in one sentence, and nothing is taken without bound."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.tui.core.samples import order, page

from orders_tui import body
from orders_tui.api import SyncApi
from orders_tui.body import UnusableBody, parse, read_body
from orders_tui.cli.main import run
from orders_tui.errors import ApiError, NotTrusted, VersionSkew
from orders_tui.exchange import transport_errors
from orders_tui.feed.blocks import Blocks
from orders_tui.query import OrdersQuery

VERBS = [
    ["list"],
    ["list", "--json", "--all"],
    ["show", "1001"],
    ["assign", "1001", "--to", "ana"],
    ["fulfill", "1001"],
    ["support", "1001", "--note", "late"],
    ["returns", "1001", "--action", "deny", "--yes"],
    ["inventory", "MUG"],
    ["undo", "a1"],
    ["watch"],
    ["watch", "--poll"],
    ["info"],
]
ORDER = json.loads(order(1).model_dump_json(by_alias=True))
PAGE = json.loads(page([order(1), order(2)]).model_dump_json(by_alias=True))
STRANGE: list[Any] = [
    None,
    True,
    "",
    "\ud800",
    "x" * 100_000,
    -1,
    10**400,
    -(10**400),
    1e308,
    [],
    {},
    [[]],
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "NaN",
    "1e999999999",
]
HEADERS = [
    {},
    {"Date": "Mon, 01 Jan 0001 00:00:00 +1400"},
    {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Date": "Fri, 31 Dec 99999999999999999999 23:59:59 GMT"},
    {"Retry-After": "1000000000"},
    {"Retry-After": "9" * 400},
    {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Retry-After": "-5"},
    {"Set-Cookie": "a=b", "ETag": "\x7f" * 2000},
    {"Location": "http://[", "Content-Encoding": "br"},
]


def strange(value: Any, chance: random.Random) -> Any:
    """The value with one part of it, at any depth, replaced."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        return {**value, key: strange(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [*value[:at], strange(value[at], chance), *value[at + 1 :]]
    return chance.choice(STRANGE)


def bodies(chance: random.Random) -> list[bytes]:
    whole = [
        PAGE,
        ORDER,
        {"success": True, "message": "Assigned", "updatedOrders": [{"id": "1001"}]},
        {"alerts": [], "cursor": "d-1"},
    ]
    made = [json.dumps(strange(each, chance)).encode() for each in whole for _ in range(4)]
    return [
        *made,
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        json.dumps(PAGE).encode()[:-7],
        b'{"metrics": NaN}',
        b'{"success": false, "code": "on_hold", "message": 1, "failures": {}}',
        b"[" + b"{}," * 200_000 + b"{}]",
        b"<html>",
    ]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
@pytest.mark.parametrize("status", [200, 204, 301, 401, 404, 500])
def test_a_command_ends_in_a_sentence(
    verb: list[str], status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders_tui.cli.acting._PATIENCE_S", 0.0)
    chance = random.Random(f"{verb} {status}")
    for told in chance.sample(bodies(chance), 4):
        headers = {"Content-Type": "text/event-stream", **chance.choice(HEADERS)}
        if verb[0] == "watch" and status < 300:
            headers["Content-Type"] = "text/html"
            status = 404
        answer = httpx.Response(status, headers=list(headers.items()), stream=Chunks([told]))
        result = run([*verb, "--server", "http://desk.test"], httpx.MockTransport(lambda _, a=answer: again(a)))
        out = capsys.readouterr()
        assert result in {0, 1, 3}, (told[:200], out.err)
        assert "Traceback" not in out.err + out.out
        assert "failed inside" not in out.err, (told[:300], headers)
        assert result == 0 or out.err or out.out


class Chunks(httpx.AsyncByteStream):
    def __init__(self, chunks: list[bytes]) -> None:
        self.chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk


def again(answer: httpx.Response) -> httpx.Response:
    assert isinstance(answer.stream, Chunks)
    return httpx.Response(answer.status_code, headers=answer.headers, stream=Chunks(answer.stream.chunks))


async def _chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_a_small_body_that_unpacks_to_a_large_one_is_cut_off() -> None:
    bomb = gzip.compress(bytes(64 * body.LARGEST))
    tracemalloc.start()
    try:
        with pytest.raises(UnusableBody, match="8 MiB"):
            await read_body(_chunks(bomb), "gzip")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * body.LARGEST


async def test_an_endless_body_ends_at_the_bound() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(65536)

    with pytest.raises(UnusableBody, match="8 MiB"):
        await read_body(endless(), "")


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd"])
async def test_what_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    with pytest.raises(UnusableBody):
        await read_body(_chunks(b"x"), encoding)


async def test_a_packed_body_is_unpacked_and_one_cut_short_is_none() -> None:
    packed = gzip.compress(b'{"a": 1}')
    assert await read_body(_chunks(packed[:5], packed[5:]), "gzip") == b'{"a": 1}'
    with pytest.raises(UnusableBody, match="short"):
        await read_body(_chunks(packed[:-9]), "gzip")


def test_more_values_than_any_answer_has_are_not_parsed() -> None:
    with pytest.raises(UnusableBody, match="many"):
        parse(b"[" + b"{}," * 200_000 + b"{}]")


def always(status: int, **content: Any) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, **content))


def api(answer: Callable[[httpx.Request], httpx.Response]) -> SyncApi:
    return SyncApi("http://desk.test", "token", transport=httpx.MockTransport(answer))


async def test_a_row_that_does_not_read_hides_no_other() -> None:
    rows = [json.loads(order(n).model_dump_json(by_alias=True)) for n in (1, 2, 3)]
    rows[0]["placed_at"] = "0001-01-01T00:00:00+14:00"
    rows[1]["status"] = "elsewhere"
    told = {**PAGE, "orders": {**PAGE["orders"], "items": rows}}
    async with api(lambda _: httpx.Response(200, json=told)) as client:
        read = await client.orders(OrdersQuery())
    assert [row.order_number for row in read.orders.items] == ["#1001", "#1003"]
    assert read.orders.items[0].placed_at.year == 1900
    assert read.orders.unread == 1


@pytest.mark.parametrize("claimed", [0, 7, "x", None, []])
async def test_how_many_rows_do_not_read_is_counted_here_and_not_believed(claimed: object) -> None:
    for rows, unread in (([ORDER, {"id": 1}, None], 2), ([ORDER], 0), ([], 0)):
        told = {**PAGE, "orders": {**PAGE["orders"], "items": list(rows), "unread": claimed}}
        async with api(lambda _, told=told: httpx.Response(200, json=told)) as client:  # type: ignore[misc]
            page = await client.orders(OrdersQuery())
        assert page.orders.unread == unread
        assert "unread" not in page.model_dump()["orders"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list"], "1 order could not be read"),
        (["list", "--all", "--json"], "1 order could not be read"),
        (["export", "orders.csv"], "1 order could not be read"),
    ],
)
def test_a_command_says_that_orders_are_missing(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    told = {**PAGE, "orders": {**PAGE["orders"], "items": [ORDER, {"id": 1}]}}
    assert run([*arguments, "--server", "http://desk.test"], always(200, json=told)) == 0
    out = capsys.readouterr()
    assert said in out.err
    assert "--all" not in out.err
    assert "could not be read" not in out.out


async def test_a_page_of_which_no_row_reads_is_another_contract() -> None:
    told = {**PAGE, "orders": {**PAGE["orders"], "items": [{"id": 1}]}}
    async with api(lambda _: httpx.Response(200, json=told)) as client:
        with pytest.raises(VersionSkew):
            await client.orders(OrdersQuery())


async def test_a_strange_event_among_polled_ones_is_dropped() -> None:
    def event(name: str, **more: object) -> dict[str, object]:
        return {"id": name, "type": "refresh", "created_at": "2026-01-01T00:00:00Z", **more}

    told = [event("d-1"), event("d-2", type="new_kind"), event("x" * 100_000), event("d-3", version="?"), event("d-4")]
    async with api(lambda _: httpx.Response(200, json={"alerts": told, "cursor": "d-4"})) as client:
        assert [each.id for each in (await client.alerts()).alerts] == ["d-1", "d-4"]


async def test_cookies_are_not_kept_and_redirects_not_followed() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(302, headers={"Set-Cookie": "a=b; Path=/", "Location": "http://elsewhere.test/"})

    async with api(answer) as client:
        for _ in range(2):
            with pytest.raises(ApiError, match="points elsewhere"):
                await client.owners()
    assert [request.url.host for request in asked] == ["desk.test"] * 2
    assert all("cookie" not in request.headers for request in asked)


def test_a_certificate_that_fails_is_called_that() -> None:
    import ssl

    failed = ssl.SSLCertVerificationError(1, "certificate verify failed")
    failed.verify_message = "self-signed certificate"
    with pytest.raises(NotTrusted, match=r"the certificate of desk\.test is not trusted: self-signed certificate"):  # noqa: SIM117
        with transport_errors("https://desk.test:8443", writes=False):
            raise httpx.ConnectError("x") from failed


def test_the_refusal_of_a_command_names_where_a_token_goes(capsys: pytest.CaptureFixture[str]) -> None:
    refused = httpx.MockTransport(lambda _: httpx.Response(401, json={"success": False, "message": "who?"}))
    for verb in (["list"], ["assign", "1", "--to", "ana"]):
        assert run([*verb, "--server", "http://127.0.0.1:1"], refused) == 1
        assert "ORDERS_TUI_TOKEN" in capsys.readouterr().err


def test_a_token_that_leaves_the_machine_unencrypted_is_warned_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ORDERS_TUI_TOKEN", "secret")
    empty = httpx.MockTransport(lambda _: httpx.Response(200, json=PAGE))
    for server, warned in (
        ("http://desk.test", True),
        ("http://127.0.0.1.desk.test", True),
        ("http://127.0.0.2:8765", False),
        ("http://[::1]:8765", False),
        ("http://localhost", False),
        ("https://desk.test", False),
    ):
        run(["list", "--server", server], empty)
        assert ("unencrypted" in capsys.readouterr().err) is warned, server


@pytest.mark.parametrize("step", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_blocks_of_a_stream_are_whole_whatever_the_chunks(step: int, end: bytes) -> None:
    told = b"".join(b"data: %d" % n + end for n in range(3)) + b"data: cut"
    blocks = Blocks()
    cut = [block for at in range(0, len(told), step) for block in blocks.take(told[at : at + step])]
    assert [block.strip() for block in cut][:2] == [b"data: 0", b"data: 1"]


def test_a_block_without_end_is_passed_over_and_the_stream_goes_on() -> None:
    blocks = Blocks(limit=100)
    told = [b"data: 1\n\n", b"x" * 1000, b"y" * 50, b"z\n\n", b"data: 2\n\n"]
    assert [block for chunk in told for block in blocks.take(chunk)] == [b"data: 1\n\n", b"data: 2\n\n"]
