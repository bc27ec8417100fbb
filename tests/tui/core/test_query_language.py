"""The `/` search language: what it reads, how it says no, and that chips and text are the same thing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders_tui.query import (
    AgeBound,
    Filters,
    OrdersQuery,
    ParsedQuery,
    QueryProblem,
    Sort,
    chips,
    complete,
    parse,
    render,
    without,
)
from orders_wire.vocabulary import UNASSIGNED, Channel, Direction, Priority, SortField, StatusFilter, Tab


def read(text: str, me: str | None = None) -> ParsedQuery:
    parsed = parse(text, me)
    assert isinstance(parsed, ParsedQuery), parsed
    return parsed


def problems(text: str) -> list[QueryProblem]:
    parsed = parse(text)
    assert isinstance(parsed, list)
    return parsed


def test_every_token_and_free_text() -> None:
    parsed = read(
        'status:overdue owner:ana priority:vip tag:"gift wrap" channel:pos from:2025-11-01 berlin sort:-value_usd #10'
    )
    assert parsed.filters == Filters(
        status=StatusFilter.OVERDUE,
        owner="ana",
        priority=Priority.VIP,
        tag="gift wrap",
        channel=Channel.POS,
        placed_from="2025-11-01",
        words="berlin #10",
    )
    assert parsed.sort == Sort(SortField.VALUE_USD, descending=True)


@pytest.mark.parametrize(
    ("text", "owner"), [("owner:none", UNASSIGNED), ("owner:me", "ana"), ('owner:"me"', "me"), ('owner:"none"', "none")]
)
def test_owner_words_have_a_meaning_and_quoted_they_are_names(text: str, owner: str) -> None:
    assert read(text, me="ana").filters.owner == owner


def test_owner_me_before_the_server_said_who_that_is() -> None:
    assert "who you are" in problems("owner:me")[0].message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("status:overdu", "did you mean overdue"),
        ("status:", "status:cancelled"),
        ("stat:open", "did you mean status"),
        ("priority:high", "vip, rush, standard"),
        ("channel:web", "online, pos, draft"),
        ("sort:price", "placed_at, ship_by"),
        ("from:yesterday", "2025-11-01"),
        ("from:2025-02-30", "2025-11-01"),
        ("from:2025-11-01T10:00:00", "offset"),
        ("age:2d", ">2d"),
        ("age:>2y", "units are m, h, d and w"),
        ("status:overdue status:holds", "given twice"),
        ("to:2025-11-01 age:>2d", "give one"),
        ("from:2025-11-01 age:<2d", "give one"),
        ("from:2025-11-02 to:2025-11-01", "before from:2025-11-02"),
        ("foo:bar", "quotes search for it as text"),
        ("ready:yep", "ready: takes yes, part, no (did you mean yes?)"),
        ("hold:froud", "did you mean fraud"),
        ("hold:-fraud", "- stands before the token: -hold:fraud"),
        ("-hold:", "hold: needs a value, such as hold:address"),
        ("hold:fraud -hold:any", "hold: is given twice"),
        (
            "-priority:vip",
            "- cannot stand before priority: it can before ready:, hold:, issue:, delivery:, country:, sku:, value:",
        ),
        ("issue:any", "payment, address, inventory, carrier, manual_check, none"),
        ("delivery:post", "shipping, local, pickup, none"),
        ("has:nots", "did you mean note"),
        ("country:germany", "two letters of a country (ISO 3166-1), such as country:DE"),
        ("sku:-odd", r"is written sku:\-odd; -sku:odd asks for orders without it"),
        ("value:cheap", ">100, >=100, <100, <=100, 50..100 or 100"),
        ("value:>", ">100, >=100"),
        ("value:..", ">100, >=100"),
        ("value:<0", "less than 0"),
        ("-value:50..100", "two ranges; ask for what lies below (<) or for more (>)"),
        ("value:>100 value:<50", "no amount is at least 100.01 and at most 49.99"),
        ("placed:yesterday", "2025-11-01"),
        ("placed:>2025-11-01 from:2025-11-01", "given twice"),
        ("placed:>9999-12-31", "2025-11-01"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_is_allowed(text: str, says: str) -> None:
    (problem,) = problems(text)
    assert says in problem.message
    assert text[problem.start : problem.end] == problem.token or problem.token in text


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("hold:Fraud -issue:none country:de", {"hold": "fraud", "issue": "-none", "country": "DE"}),
        ('sku:"TEE 1"', {"sku": "TEE 1"}),
        (r"sku:\-odd", {"sku": r"\-odd"}),
        (r"-sku:\-odd -has:note", {"sku": r"-\-odd", "has": "-note"}),
        ("value:>100", {"value_min": "100.01"}),
        ("value:>=100", {"value_min": "100"}),
        ("value:<$100", {"value_max": "99.99"}),
        ("value:<=99.999", {"value_max": "99.99"}),
        ("value:>10.005", {"value_min": "10.01"}),
        ("value:50..100", {"value_min": "50", "value_max": "100"}),
        ("value:12.5", {"value_min": "12.50", "value_max": "12.50"}),
        ("value:>=0 value:<10", {"value_min": "0", "value_max": "9.99"}),
        ("-value:>100", {"value_max": "100"}),
        ("-value:>=100", {"value_max": "99.99"}),
        ("-value:..100", {"value_min": "100.01"}),
        ("placed:2025-11-01", {"date_start": "2025-11-01", "date_end": "2025-11-01"}),
        ("placed:>2025-11-01", {"date_start": "2025-11-02"}),
        ("placed:<2025-11-01", {"date_end": "2025-10-31"}),
        ("-placed:<=2025-11-01", {"date_start": "2025-11-02"}),
        ("placed:2025-11-01..2025-11-30", {"date_start": "2025-11-01", "date_end": "2025-11-30"}),
        ("placed:<=2025-11-01T00:00:00Z", {"date_end": "2025-11-01T00:00:00.001Z"}),
        ("placed:>2025-11-01T00:00:00+02:00", {"date_start": "2025-11-01T00:00:00.001+02:00"}),
        ("-from:2025-11-01", {"date_end": "2025-10-31"}),
        ("-to:2025-11-01T00:00:00Z", {"date_start": "2025-11-02T00:00:00.000Z"}),
        ("-age:>2d", {"date_start": "2025-11-07T00:00:00Z"}),
    ],
)
def test_what_is_excluded_and_ranges_as_parameters(text: str, params: dict[str, str]) -> None:
    assert read(text).filters.params(datetime(2025, 11, 9, tzinfo=UTC)) == params


def test_a_quoted_colon_is_text() -> None:
    assert read('"foo:bar" 10:30').filters.words == "foo:bar 10:30"


def test_ages_bound_both_sides() -> None:
    filters = read("age:>2d age:<1w").filters
    assert (filters.older_than, filters.younger_than) == (AgeBound(2, "d"), AgeBound(1, "w"))


def test_an_age_at_exactly_midnight_is_not_sent_as_midnight() -> None:
    params = read("age:>2d").filters.params(datetime(2025, 11, 9, 0, 0, 30, tzinfo=UTC))
    assert params == {"date_end": "2025-11-07T00:00:00.001Z"}


def test_ages_are_the_same_within_a_minute() -> None:
    filters = read("age:<36h").filters
    first, second = (filters.params(datetime(2025, 11, 9, 10, 5, s, tzinfo=UTC)) for s in (1, 59))
    assert first == second == {"date_start": "2025-11-07T22:05:00Z"}


def test_chips_read_like_words_and_come_off_one_by_one() -> None:
    parsed = read("owner:none age:>2d berlin sort:ship_by")
    assert [c.label for c in chips(parsed.filters, parsed.sort)] == [
        "owner: nobody",
        "older than 2d",
        "by ship by up",
        '"berlin"',
    ]
    more = read(r"hold:none -issue:manual_check -country:us sku:\-odd value:>50 value:<=99")
    assert [c.label for c in chips(more.filters)] == [
        "hold: none",
        "issue: not manual check",
        "country: not US",
        "sku: -odd",
        "value >50",
        "value <=99",
    ]
    query = OrdersQuery(filters=parsed.filters, sort=parsed.sort, cursor="ofs:4")
    left = without(query, "owner:none")
    assert render(left.filters, left.sort) == "age:>2d sort:ship_by berlin"
    assert left.cursor is None


def test_completion_offers_names_then_values() -> None:
    assert complete("berlin st") == ["berlin status:"]
    assert complete("status:over") == ["status:overdue"]
    assert complete("-va") == ["-value:"]
    assert complete("-pri") == []
    assert complete("berlin -hold:f") == ["berlin -hold:fraud"]
    assert complete("owner:a", owners=["ana", "bo", "an ton"]) == ["owner:ana", 'owner:"an ton"']


names = st.text(st.characters(exclude_characters='"', exclude_categories=["C", "Z"]), min_size=1, max_size=12)
phrases = st.lists(names, min_size=1, max_size=3).map(" ".join)
skus = phrases.map(lambda sku: f"\\{sku}" if sku.startswith("-") else sku)
ages = st.builds(AgeBound, st.integers(0, 9999), st.sampled_from("mhdw"))
day = st.dates().map(lambda d: d.isoformat())
filters_ = st.builds(
    Filters,
    status=st.none() | st.sampled_from(StatusFilter),
    priority=st.none() | st.sampled_from(Priority),
    owner=st.none() | st.just(UNASSIGNED) | phrases,
    channel=st.none() | st.sampled_from(Channel),
    tag=st.none() | phrases,
    placed_from=st.none(),
    placed_to=st.none() | day,
    older_than=st.none(),
    younger_than=st.none() | ages,
    hold=st.none() | st.sampled_from(["fraud", "-fraud", "none"]),
    issue=st.none() | st.sampled_from(["manual_check", "-none"]),
    country=st.none() | st.sampled_from(["DE", "-US"]),
    sku=st.none() | st.tuples(st.sampled_from(["", "-"]), skus).map("".join),
    value_min=st.none() | st.integers(0, 5_000),
    value_max=st.none() | st.integers(5_000, 10_000),
    words=st.lists(names, max_size=3).map(" ".join),
)
sorts = st.none() | st.builds(Sort, st.sampled_from(SortField), st.booleans())


@given(filters_, sorts)
def test_the_text_of_filters_reads_back_to_them(filters: Filters, sort: Sort | None) -> None:
    assert parse(render(filters, sort)) == ParsedQuery(filters, sort)


@given(st.text())
def test_no_text_makes_it_stumble(text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed, ParsedQuery) or all(p.message for p in parsed)


def test_a_query_as_parameters() -> None:
    filters = Filters(status=StatusFilter.HOLDS, owner="ana", tag="x", placed_from="2025-11-01", words="a b")
    query = OrdersQuery(Tab.ALL, filters, Sort(SortField.SHIP_BY, True), 36, "ofs:10", Direction.BEFORE)
    params = query.params(datetime(2025, 11, 9, tzinfo=UTC))
    assert params == {
        "tab": "all",
        "pageSize": "36",
        "status": "holds",
        "assigned_to": "ana",
        "tag": "x",
        "date_start": "2025-11-01",
        "q": "a b",
        "sort": "-ship_by",
        "cursor": "ofs:10",
        "direction": "before",
    }
