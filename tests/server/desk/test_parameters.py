"""Parameters are read strictly: a refusal names the parameter and what is allowed; nothing is replaced by a default."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from orders_sync.db.selection import Between, Filters, Selection, Sort
from orders_sync.desk.parameter import BadParameter
from orders_sync.desk.query import PageQuery, read
from orders_sync.instants import DAY, HOUR, parse_instant
from orders_wire.cursors import ShopifyCursor
from orders_wire.vocabulary import Channel, Direction, Priority, SortField, StatusFilter, Tab

UTC = ZoneInfo("UTC")


def query(zone: ZoneInfo = UTC, **parameters: str) -> PageQuery:
    return read(parameters.items(), zone)


def placed(zone: ZoneInfo = UTC, **parameters: str) -> Between:
    return query(zone, **parameters).selection.filters.placed


def test_nothing_asked_for_is_the_first_page_of_everything() -> None:
    assert query() == PageQuery()


def test_every_parameter_is_read() -> None:
    asked = query(
        tab="holds",
        pageSize="250",
        cursor="ofs:1z",
        direction="before",
        status="overdue",
        priority="vip",
        assigned_to="Åsa",
        channel="pos",
        tag="Gift",
        q="  Two  WORDS two ",
        sort="-ship_by",
        minVersion="17",
        something="else",
    )
    filters = Filters(
        status=StatusFilter.OVERDUE,
        priority=Priority.VIP,
        assigned_to="Åsa",
        channel=Channel.POS,
        tag="Gift",
        words=("two", "words"),
    )
    selection = Selection(Tab.HOLDS, Sort(SortField.SHIP_BY, descending=True), filters)
    assert asked == PageQuery(selection, 250, 71, Direction.BEFORE, None, 17)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("tab", "everything", "awaiting_tracking"),
        ("tab", "", "awaiting_tracking"),
        ("tab", "ALL", "awaiting_tracking"),
        ("pageSize", "0", "from 1 to 250"),
        ("pageSize", "251", "from 1 to 250"),
        ("pageSize", "twelve", "from 1 to 250"),
        ("pageSize", "+5", "from 1 to 250"),
        ("pageSize", "٣", "from 1 to 250"),
        ("pageSize", "1_0", "from 1 to 250"),
        ("pageSize", "", "from 1 to 250"),
        ("direction", "sideways", "before"),
        ("status", "open", "overdue, holds"),
        ("priority", "high", "vip, rush, standard"),
        ("channel", "web", "online, pos, draft"),
        ("assigned_to", " ", "unassigned"),
        ("tag", "", "a tag"),
        ("sort", "age", "customer_name"),
        ("sort", "--placed_at", "customer_name"),
        ("minVersion", "-1", "whole number"),
        ("minVersion", "1.0", "whole number"),
        ("date_start", "yesterday", "RFC 3339"),
        ("date_start", "2025-02-30", "RFC 3339"),
        ("date_start", "2025-09-27T18:30:00", "RFC 3339"),
        ("date_start", "2025-09-27 18:30:00Z", "RFC 3339"),
        ("date_end", "20250927", "RFC 3339"),
        ("date_end", "2025-W01-1", "RFC 3339"),
        ("date_end", "2025-09-27T25:00:00Z", "RFC 3339"),
        ("date_end", "9999-12-31", "RFC 3339"),
        ("cursor", "", "ofs:"),
        ("cursor", "ofs:A", "lower case"),
        ("cursor", "ofs:-1", "lower case"),
        ("cursor", "12", "shopifyCursor"),
        ("q", "x" * 501, "500"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(name: str, value: str, allowed: str) -> None:
    with pytest.raises(BadParameter) as refused:
        query(UTC, **{name: value})
    assert str(refused.value).startswith(f"{name}: ")
    assert allowed in str(refused.value)


def test_a_parameter_given_twice_with_two_values_is_refused() -> None:
    with pytest.raises(BadParameter, match=r"^tab: given twice"):
        read([("tab", "all"), ("tab", "holds")], UTC)
    assert read([("tab", "all"), ("tab", "all"), ("theirs", "1"), ("theirs", "2")], UTC) == PageQuery()


def test_a_key_is_refused_in_another_tab_or_sort() -> None:
    key = ShopifyCursor(5, 1000, "all", "").encode()
    assert query(cursor=key).cursor == ShopifyCursor(5, 1000, "all", "")
    for other in ({"tab": "refunded"}, {"sort": "placed_at"}):
        with pytest.raises(BadParameter, match=r"^cursor: .*tab=all and no sort"):
            query(UTC, cursor=key, **other)


@pytest.mark.parametrize(("value", "sort"), [("text", "placed_at"), (5, "customer_name"), (None, "placed_at")])
def test_a_key_with_a_value_of_another_kind_is_refused(value: int | str | None, sort: str) -> None:
    with pytest.raises(BadParameter, match=r"^cursor: "):
        query(cursor=ShopifyCursor(5, value, "all", sort).encode(), sort=sort)


def test_a_date_is_that_whole_day_of_the_desk_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert placed(berlin, date_start="2025-09-27", date_end="2025-09-27") == Between(
        parse_instant("2025-09-26T22:00:00Z"), parse_instant("2025-09-27T22:00:00Z")
    )


def test_a_day_on_which_the_clocks_change_has_its_own_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    short = placed(berlin, date_start="2025-03-30", date_end="2025-03-30")
    assert short.start is not None
    assert short.end is not None
    assert short.end - short.start == 23 * HOUR


@pytest.mark.parametrize("text", ["2025-09-27T00:00:00Z", "2025-09-27T00:00:00.000+02:00", "2025-09-27t00:00:00-09:30"])
def test_an_end_at_midnight_of_its_own_offset_includes_the_day_that_follows(text: str) -> None:
    midnight = parse_instant(text.upper())
    assert placed(date_end=text).end == midnight + DAY


def test_any_other_end_is_included_itself() -> None:
    moment = parse_instant("2025-09-27T18:30:00Z")
    assert placed(date_end="2025-09-27T20:30:00+02:00").end == moment + 1
    assert query(date_end="2025-09-27T20:30:00+02:00").shown_end == moment
    assert placed(date_end="2025-09-27T00:00:00.001Z").end == parse_instant("2025-09-27T00:00:00Z") + 2


def test_fractions_below_a_millisecond_exclude_what_lies_before_them() -> None:
    assert placed(date_start="2025-09-27T18:30:00.0001Z").start == parse_instant("2025-09-27T18:30:00Z") + 1
    assert placed(date_end="2025-09-27T18:30:00.0009Z").end == parse_instant("2025-09-27T18:30:00Z") + 1
