"""Read only: nothing that could change something leaves, by whatever way it is asked for."""

from __future__ import annotations

from inspect import getmembers, iscoroutinefunction, signature
from pathlib import Path

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk
from tests.tui.core.samples import gid

from orders_tui.api.client import SyncApi
from orders_tui.cli.verbs import VERBS
from orders_tui.config import load
from orders_tui.errors import ApiError, ReadOnly
from orders_tui.query import OrdersQuery
from orders_wire.actions import AssignBody
from orders_wire.operations import LINES
from orders_wire.vocabulary import ActionName

GIVEN: dict[str, object] = {
    "query": OrdersQuery(),
    "action": ActionName.ASSIGN,
    "body": AssignBody(order_ids=[gid(1)], assignee="ana"),
    "idempotency_key": "k",
    "token": "t",
    "ids": ["1"],
    "order_ids": ["1"],
    **dict.fromkeys(("order_id", "entry_id", "letter_id", "note_id"), "1"),
}
"""An argument of each name."""

WRITES = {
    "act",
    "delete_note",
    "read_mentions",
    "presence",
    "outbox_retry",
    "outbox_discard",
    "dead_letter_retry",
    "dead_letter_discard",
}


async def test_no_call_of_the_api_sends_anything_but_a_question() -> None:
    desk, refused = Desk(), set()
    async with SyncApi("http://desk", None, "ana", httpx.MockTransport(desk), read_only=True) as api:
        for name, method in getmembers(api, iscoroutinefunction):
            if name.startswith("_") or name == "close":
                continue
            wanted = [
                parameter for parameter in signature(method).parameters.values() if parameter.default is parameter.empty
            ]
            try:
                await method(*(GIVEN[parameter.name] for parameter in wanted))
            except ReadOnly:
                refused.add(name)
            except ApiError:
                assert desk.asked
    assert refused == WRITES
    assert {request.method for request in desk.asked if request.url.path != LINES.path} == {"GET"}


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_sends_or_asks_anything(verb: ActionName, call: Call, desk: Desk, capsys: Capture) -> None:
    assert call(verb, "1001", "--read-only") == 1
    assert desk.asked == []
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "orders-tui: read only: nothing can be changed from here\n")


def test_nothing_is_marked_as_read(call: Call, desk: Desk, capsys: Capture) -> None:
    assert call("mentions", "read", "7", "--read-only") == 1
    assert desk.asked == []
    assert capsys.readouterr().err == "orders-tui: read only: nothing can be changed from here\n"


def test_reading_goes_on(call: Call, capsys: Capture) -> None:
    assert call("list", "--read-only") == 0
    assert capsys.readouterr().out


def test_a_profile_may_ask_for_it_and_none_can_lift_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[profile.look]\nread_only = true\n[profile.act]\nread_only = false\n")
    found = {
        (profile, flag): load(profile=profile, read_only=flag, environ={}, path=path).read_only
        for profile in ("look", "act")
        for flag in (False, True)
    }
    assert found == {("look", False): True, ("look", True): True, ("act", False): False, ("act", True): True}
