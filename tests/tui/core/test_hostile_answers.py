"""Whatever comes from a server's address, a command ends in one sentence, and nothing is taken without bound."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tests.support.gzip_bomb import gzip_bomb
from tests.tui.core import virtual_time
from tests.tui.core.hostile import HEADERS, ORDER, PAGE, STRANGE, Chunks, bodies
from tests.tui.core.samples import order

from orders_tui import export
from orders_tui.api import body
from orders_tui.api.body import UnusableBody, parse, read_body
from orders_tui.api.client import SyncApi
from orders_tui.api.exchange import transport_errors
from orders_tui.cli.main import run
from orders_tui.cli.parser import SERVER_COMMANDS, build
from orders_tui.errors import ApiError, NotTrusted, Unread, UsageError, VersionSkew
from orders_tui.feed.stream import Blocks
from orders_tui.query import OrdersQuery
from orders_wire.actions import (
    AssignBody,
    CancelBody,
    FulfillBody,
    InventoryBody,
    NoteBody,
    ReturnsBody,
    SupportBody,
    UndoBody,
)
from orders_wire.vocabulary import ActionName, CancelReason, CancelRefund, ReturnAction

LINES = {
    "list": [["list"], ["list", "--json", "--all"]],
    "show": [["show", "1001"], ["show", "1001", "--json"]],
    "export": [["export", "orders.csv"], ["export", "orders.json"]],
    "pick": [["pick"], ["pick", "--by", "order", "--format", "html", "--take"]],
    "alerts": [["alerts"], ["alerts", "--json", "--mine"]],
    "mentions": [["mentions"], ["mentions", "--unread", "--json"], ["mentions", "read", "1"]],
    "watch": [["watch"], ["watch", "--poll"], ["watch", "--json"]],
    "assign": [["assign", "1001", "--to", "ana"]],
    "fulfill": [["fulfill", "1001"], ["fulfill", "1001", "--line", "A=1"]],
    "pack": [["pack", "1001", "--scan-file", os.devnull, "--no-label"]],
    "tracking": [["tracking", "1001", "--number", "9", "--parcel", "F1"]],
    "support": [["support", "1001", "--note", "late"]],
    "returns": [["returns", "1001", "--action", "deny", "--yes"]],
    "cancel": [["cancel", "1001", "--reason", "staff", "--refund", "original", "--restock", "--yes"]],
    "inventory": [["inventory", "MUG"]],
    "hold": [
        ["hold", "1001", "--reason", "address", "--until", "3d"],
        ["hold", "1", "--reason", "other", "--line", "A=1"],
    ],
    "release": [["release", "1001"]],
    "tags": [["tags", "1001", "--add", "gift"]],
    "address": [["address", "1001", "--city", "Ulm", "--country-code", "DE"]],
    "note": [["note", "1001", "--text", "called"], ["note", "1001", "--note-id", "1001-a1", "--delete"]],
    "undo": [["undo", "a1"]],
    "run": [["run", "label", "1001"]],
    "views": [["views"], ["views", "path"]],
    "keys": [["keys"]],
    "config": [["config"], ["config", "show", "--origin"]],
    "completion": [["completion", "bash"]],
    "info": [["info"]],
}
"""Command lines of every verb that is not the server's own."""
PATIENCE = 3
"""So many requests, then the operator interrupts."""


class Answers(httpx.AsyncBaseTransport):
    """Answers with the bodies in turn, and is interrupted when it was asked too often."""

    def __init__(self, *bodies: Sequence[bytes], status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.bodies, self.status, self.headers = bodies, status, list((headers or {}).items())
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.asked > max(PATIENCE, len(self.bodies)):
            raise KeyboardInterrupt
        chunks = self.bodies[(self.asked - 1) % len(self.bodies)]
        return httpx.Response(self.status, headers=self.headers, stream=Chunks(chunks))


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody waits: on a clock that jumps, in a folder of its own, with a command of one's own."""
    configuration = tmp_path_factory.mktemp("configuration") / "config.toml"
    configuration.write_text('[commands.label]\nargv = ["cat", "{number}"]\n')
    monkeypatch.setattr("orders_tui.config.reading.default_path", lambda: configuration)
    monkeypatch.setattr("orders_tui.cli.actions._PATIENCE_S", 0.0)
    monkeypatch.setattr("orders_tui.cli.watch.asyncio", SimpleNamespace(run=virtual_time.run))
    monkeypatch.chdir(tmp_path)


def verbs() -> list[str]:
    """Every verb of the command line that talks as a client."""
    (commands,) = (action.choices for action in build()._actions if action.dest == "command")
    return [verb for verb in commands or () if verb not in SERVER_COMMANDS]


def lines_of(verb: str) -> list[list[str]]:
    assert verb in LINES, f"the verb {verb} is new: give it a command line here"
    return LINES[verb]


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("verb", verbs())
@pytest.mark.parametrize("status", [200, 204, 301, 401, 404, 500])
def test_a_command_ends_in_a_sentence(
    verb: str, status: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    chance = random.Random(f"{verb} {status}")
    for line in lines_of(verb):
        for told in chance.sample(bodies(chance), 3):
            kind = chance.choice(["text/event-stream", "application/json", "text/html"])
            headers = {"Content-Type": kind, **chance.choice(HEADERS)}
            answers = Answers([told], status=status, headers=headers)
            result = run([*line, "--server", "http://desk.test"], answers)
            out = capsys.readouterr()
            assert result in {0, 1, 3}, (line, told[:200], out.err)
            assert "Traceback" not in out.err + out.out
            assert "failed inside" not in out.err, (line, told[:300], headers)
            assert out.err or out.out or answers.asked > PATIENCE
            whole_or_none(tmp_path, written=line[0] == "export" and result == 0)


def whole_or_none(folder: Path, *, written: bool) -> None:
    """A file that was written can be read; where nothing was, there is none."""
    files = list(folder.iterdir())
    assert len(files) == written
    for file in files:
        told = file.read_text(encoding="utf-8-sig")
        rows = json.loads(told) if file.suffix == ".json" else list(csv.reader(io.StringIO(told)))
        assert isinstance(rows, list)
        file.unlink()


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", ["orders.csv", "orders.json"])
def test_an_export_that_fails_on_a_later_page_writes_nothing(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    more = {**PAGE["orders"]["page_info"], "hasNextPage": True, "nextCursor": "ofs:NTA"}
    first = json.dumps({**PAGE, "orders": {**PAGE["orders"], "page_info": more}}).encode()
    for seed, later in enumerate([b"", b"[" * 100_000, json.dumps(PAGE).encode()[:-7], b'{"orders": {}}']):
        assert run(["export", name, "--server", "http://desk.test"], Answers([first], [later])) in {1, 3}, seed
        assert capsys.readouterr().err
        whole_or_none(tmp_path, written=False)


def test_a_file_that_cannot_be_written_whole_is_not_left_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.FileIO):
        def write(self, body: Any) -> int:
            super().write(body[:10])
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("orders_tui.export.os.fdopen", Full)
    with pytest.raises(UsageError, match="No space left"):
        export.write([order(1)], tmp_path / "orders.csv")
    assert list(tmp_path.iterdir()) == []


EVENT = {
    "id": "d-1", "type": "data_gap", "status": "open", "severity": "warning", "created_at": "2026-01-01T00:00:00Z",
    "alert_id": "g1", "message": "one", "version": 1,
}  # fmt: skip


def event(number: int, **more: object) -> dict[str, Any]:
    return {**EVENT, "id": f"d-{number}", "message": f"told {number}", "alert_id": f"g{number}", **more}


def hostile_blocks(chance: random.Random) -> list[bytes]:
    """Blocks of a stream that are no events, or strange ones with the number 900."""
    spoilt = [event(900, id=chance.choice(STRANGE)), event(900, type=chance.choice(STRANGE))]
    spoilt += [event(900, created_at=each) for each in chance.sample(STRANGE[:12], 2)]
    made = [b"data: " + json.dumps(each).encode() + b"\n\n" for each in spoilt]
    rough = [
        b"retry: " + b"9" * 400 + b"\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        b"data: \xff\xfe\n\n",
        b"id: " + b"x" * 100_000 + b"\n\n",
        b"data: " + b"x" * 1_500_000 + b"\n\n",
        b"event: \x00\ndata\ndata:\n\n",
        b": \r\r: \r\n\r\n",
    ]
    return [*made, *chance.sample(rough, 4)]


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("as_json", [False, True])
def test_a_watch_tells_what_can_be_read_of_a_hostile_stream(
    seed: int, as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(seed)
    told = [b"id: d-%d\ndata: %s\n\n" % (n, json.dumps(event(n)).encode()) for n in range(1, 7)]
    mixed = [*hostile_blocks(chance), *told[:3]]
    chance.shuffle(mixed)
    streams = [[b"retry: 1\n\n", *mixed], [b": again\n\n", *hostile_blocks(chance), *told[2:]]]
    answers = Answers(*streams, headers={"Content-Type": "text/event-stream"})
    assert run(["watch", "--server", "http://desk.test", *(["--json"] if as_json else [])], answers) == 0
    out = capsys.readouterr()
    printed = [json.loads(line)["message"] for line in out.out.splitlines()] if as_json else out.out.splitlines()
    assert sorted(line.rpartition("told ")[2] for line in printed if "900" not in line) == list("123456")
    assert "watching (live)" in out.err
    assert "Traceback" not in out.err


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("seed", range(4))
def test_a_watch_that_polls_tells_what_can_be_read(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(seed)
    spoilt: list[Any] = [
        event(900, id=""),
        event(900, type="x"),
        event(900, created_at=10**400),
        None,
        [],
        "x",
        10**400,
    ]
    polled = []
    for n in range(1, 5):
        alerts = [event(n), *chance.sample(spoilt, 3)]
        chance.shuffle(alerts)
        polled.append([json.dumps({"alerts": alerts, "cursor": f"d-{n}", "more": chance.random() < 0.5}).encode()])
        polled.append([chance.choice(bodies(chance))])
    assert run(["watch", "--poll", "--server", "http://desk.test"], Answers(*polled)) in {0, 3}
    out = capsys.readouterr()
    assert [line.rpartition("told ")[2] for line in out.out.splitlines()] == list("1234")
    assert "watching (polling)" in out.err
    assert "Traceback" not in out.err


@pytest.mark.usefixtures("hurried")
def test_a_watch_outlives_a_line_that_is_longer_than_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    long = [b"x" * 65536] * 40
    told = [b"retry: 1\n\n", *long, b"\n\n", b"data: " + json.dumps(event(1)).encode() + b"\n\n"]
    answers = Answers(told, headers={"Content-Type": "text/event-stream"})
    assert run(["watch", "--server", "http://desk.test"], answers) == 0
    assert capsys.readouterr().out.count("told 1") == 1


async def _chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_a_small_body_that_unpacks_to_a_large_one_is_cut_off() -> None:
    bomb = gzip_bomb(16 * body.LARGEST >> 20)
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


READS: dict[str, Callable[[SyncApi], Awaitable[object]]] = {
    "orders": lambda client: client.orders(OrdersQuery()),
    "order": lambda client: client.order("1"),
    "lines": lambda client: client.lines(["1"]),
    "owners": SyncApi.owners,
    "me": SyncApi.me,
    "health": SyncApi.health,
    "alerts": SyncApi.alerts,
    "open_alerts": SyncApi.open_alerts,
    "mentions": SyncApi.mentions,
    "read_mentions": lambda client: client.read_mentions(["1"]),
    "presence": lambda client: client.presence("1", "hold"),
    "outbox": SyncApi.outbox,
    "dead_letters": SyncApi.dead_letters,
}
WRITES: dict[str, Callable[[SyncApi], Awaitable[object]]] = {
    "assign": lambda client: client.act(ActionName.ASSIGN, AssignBody(order_ids=["1"], assignee="ana"), "key"),
    "fulfill": lambda client: client.act(ActionName.FULFILL, FulfillBody(order_ids=["1"]), "key"),
    "support": lambda client: client.act(ActionName.SUPPORT, SupportBody(order_id="1"), "key"),
    "returns": lambda client: client.act(
        ActionName.RETURNS, ReturnsBody(order_id="1", action=ReturnAction.DENY), "key"
    ),
    "cancel": lambda client: client.act(
        ActionName.CANCEL,
        CancelBody(order_id="1", reason=CancelReason.STAFF, refund=CancelRefund.NONE, restock=False),
        "key",
    ),
    "inventory": lambda client: client.act(ActionName.INVENTORY, InventoryBody(sku="MUG"), "key"),
    "note": lambda client: client.act(ActionName.NOTE, NoteBody(order_ids=["1"], note="called"), "key"),
    "delete_note": lambda client: client.delete_note("1-a1", "key"),
    "undo": lambda client: client.act(ActionName.UNDO, UndoBody(action_id="a1"), "key"),
}


@pytest.mark.parametrize("call", READS)
async def test_any_json_in_the_place_of_an_answer_is_taken_or_refused(call: str) -> None:
    for told in (*STRANGE, [None], [1], [[]], [{}], {"items": 1}, {"alerts": 1}, {"orders": {"items": {}}}):
        content = json.dumps(told).encode()
        async with api(lambda _, sent=content: httpx.Response(200, content=sent)) as client:  # type: ignore[misc]
            with suppress(ApiError):
                await READS[call](client)


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize("packed", ["identity", "br"])
async def test_a_write_whose_success_cannot_be_read_may_have_been_done(call: str, packed: str) -> None:
    for told in (b"", b"<html>", b"[]", b'{"success": true}', b"[" * 100_000):
        answers = Answers([told], headers={"Content-Encoding": packed})
        async with SyncApi("http://desk.test", transport=answers) as client:
            with pytest.raises(Unread):
                await WRITES[call](client)


@pytest.mark.usefixtures("hurried")
def test_a_command_does_not_call_undone_what_may_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    answers = Answers([b'{"success": true}'])
    assert run(["assign", "1001", "--to", "ana", "--key", "k1", "--server", "http://desk.test"], answers) == 3
    assert "not known whether it was done; repeat it with --key k1" in capsys.readouterr().err
    assert answers.asked == 1


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
