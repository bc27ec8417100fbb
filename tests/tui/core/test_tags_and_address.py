"""Tags and addresses before they are sent: what they do to a row, what is said of them, what is kept, what a script writes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from tests.tui.core.samples import gid, order

from orders_tui.actions.address import FIELDS, AddressDraft, fault
from orders_tui.actions.field_changes import fold
from orders_tui.actions.tags import TagsDraft, outward, split
from orders_tui.cli.actions import _drafts
from orders_tui.cli.parser import parsed
from orders_tui.drafts import DraftBook
from orders_tui.errors import UsageError
from orders_wire.actions import GivenAddress
from orders_wire.page import Desk
from orders_wire.people import Me
from orders_wire.vocabulary import Role, Status

ME = Me(
    name="ana",
    role=Role.LEAD,
    shop="s",
    desk=Desk(id="d", version=1),
    time_zone="UTC",
    undo_seconds=10,
    shopify_writes=True,
    server_version="1",
)
HOME = {**dict.fromkeys(FIELDS), "last_name": "Öberg", "city": "Umeå", "country_code": "SE"}


def test_a_row_has_its_tags_at_once_whatever_their_case() -> None:
    row = order(1, tags=["Gift", "vip"])
    draft = TagsDraft((row.id,), ("GIFT", "rush"), ("VIP",))
    assert fold(row, draft.effect(row.id, row, {})).tags == ["Gift", "rush"]


def test_what_is_typed_is_parted_at_commas() -> None:
    assert split(" rush ,, gift wrap,") == ["rush", "gift wrap"]
    assert TagsDraft((), ("rush",), ("gift wrap",)).repeated == "rush, -gift wrap"


@pytest.mark.parametrize(
    ("tags", "writes", "said"),
    [
        ([["rush"]], True, "tagged so already: it stays on this desk: nothing is sent"),
        ([[]], True, "goes to Shopify after 10 s; u takes it back"),
        (
            [[], ["Rush"]],
            True,
            "1 goes to Shopify after 10 s; u takes it back; 1 stays on this desk: nothing is sent of it",
        ),
        ([[]], False, "writes to Shopify are off, so it waits on the desk until they are on and it was reviewed"),
    ],
)
def test_shopify_is_claimed_only_for_what_changes(tags: list[list[str]], *, writes: bool, said: str) -> None:
    rows = [order(number, tags=each) for number, each in enumerate(tags)]
    draft = TagsDraft(tuple(row.id for row in rows), ("rush",))
    assert outward(draft, rows, ME.model_copy(update={"shopify_writes": writes}), "u") == said


def test_the_form_has_every_field_of_the_contract_and_no_other() -> None:
    assert set(FIELDS) == set(GivenAddress.model_fields)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, ""),
        (dict.fromkeys(HOME), "the address is empty: give at least one of its parts"),
        ({"country_code": None}, "the country is given by its two letters, as DE"),
        ({"country_code": "SWE"}, "the country is given by its two letters, as DE"),
    ],
)
def test_what_the_server_would_not_take_is_said_before(changes: dict[str, str | None], wrong: str) -> None:
    assert fault({**HOME, **changes}) == wrong


def test_an_address_is_one_request_with_every_field_and_of_no_cancelled_order() -> None:
    draft = AddressDraft((gid(1),), HOME, release=True)
    body = draft.request({gid(1): 3}).model_dump(by_alias=True)
    assert (body["orderId"], body["release"], body["expectedVersions"]) == (gid(1), True, {gid(1): 3})
    assert body["shippingAddress"] == HOME
    assert draft.obstacle(order(1, status=Status.CANCELLED)) == "cancelled"
    assert draft.obstacle(order(1, status=Status.FULFILLED)) is None


def test_an_address_is_kept_while_the_client_runs_and_written_nowhere(tmp_path: Path) -> None:
    book = DraftBook(tmp_path / "drafts.json")
    book.keep(AddressDraft((gid(1),), HOME))
    book.keep(TagsDraft((gid(1),), ("rush",)))
    assert book.find(AddressDraft, gid(1)) == AddressDraft((gid(1),), HOME)
    assert "Umeå" not in (tmp_path / "drafts.json").read_text("utf-8")
    again = DraftBook(tmp_path / "drafts.json")
    assert again.find(AddressDraft, gid(1)) is None
    assert again.find(TagsDraft, gid(1)) == TagsDraft((gid(1),), ("rush",))


def asked(monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: str = "") -> list[Any]:
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    return list(_drafts(parsed(list(arguments))))


def test_tags_by_options_and_as_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    given = asked(monkeypatch, "tags", "1001", "1002", "--add", "a", "--add", "b, c", "--remove", "d")
    assert given == [TagsDraft(("1001", "1002"), ("a", "b", "c"), ("d",))]
    csv = 'order,add,remove\n1001,"rush, vip",\n1002,,gift\n1003,"rush, vip",\n'
    assert asked(monkeypatch, "tags", stdin=csv) == [
        TagsDraft(("1001", "1003"), ("rush", "vip"), ()),
        TagsDraft(("1002",), (), ("gift",)),
    ]
    with pytest.raises(UsageError, match="--add TAG"):
        asked(monkeypatch, "tags", "1001")


def test_addresses_by_options_and_as_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["--last-name", "Öberg", "--city", "Umeå", "--country-code", "SE"]
    assert asked(monkeypatch, "address", "1001", *options, "--release") == [AddressDraft(("1001",), HOME, release=True)]
    csv = "order,last_name,city,country_code\n1001,Öberg,Umeå,SE\n"
    assert asked(monkeypatch, "address", stdin=csv) == [AddressDraft(("1001",), HOME)]
    with pytest.raises(UsageError, match="two letters"):
        asked(monkeypatch, "address", "1001", "--city", "Umeå")
