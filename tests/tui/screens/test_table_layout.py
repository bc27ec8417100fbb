"""Columns and cells: nothing overlaps, nothing is wider than its place, whatever a customer is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from tests.tui.screens.desk_data import NOW, ORDERS, ago, order
from textual.strip import Strip

from orders_tui.glyphs import ASCII, UNICODE, Glyphs
from orders_tui.session.view import Ghost, RowView
from orders_tui.store.patches import Mark, MarkKind
from orders_tui.widgets.cells import clip, fit, plain, text_of, width
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_table.columns import (
    BY_KEY,
    COLUMNS,
    GAP,
    GUTTER,
    Layout,
    Need,
    arrange,
    default_columns,
    last_first,
    need,
    needs_of,
)
from orders_tui.widgets.order_table.painter import Canvas, Look, paint_header, paint_loading, paint_row
from orders_wire.orders import Money, Outbound, ReturnSummary
from orders_wire.vocabulary import ActionName, ReturnState, SortField, Tab

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\x1b\x07\x9b\u202e\u200b\u200d\ufe0f田🦊é[/]\n\t\u0301"),
    ),
    max_size=60,
)
DEFAULT = [BY_KEY[key] for key in default_columns(Tab.ALL)]


def canvas(cells: int, glyphs: Glyphs = UNICODE) -> Canvas:
    style = Style()
    return Canvas(arrange(DEFAULT, cells), cells, lambda name: style, Formatter(NOW, "UTC", glyphs, "ana"))


@given(HOSTILE, st.integers(0, 40))
def test_a_clipped_text_never_exceeds_its_cells(text: str, cells: int) -> None:
    assert width(clip(plain(text), cells, "…")) <= cells


@given(st.lists(HOSTILE, max_size=4), st.integers(1, 40), st.booleans())
def test_a_cell_is_exactly_as_wide_as_its_column(texts: list[str], cells: int, right: bool) -> None:
    pieces = fit(tuple((text, "plain") for text in texts), cells, "…", right=right)
    assert cell_len(text_of(pieces)) == cells


@given(st.integers(20, 260), st.integers(0, 20))
def test_columns_never_overlap_and_the_number_is_always_there(cells: int, first: int) -> None:
    layout = arrange(DEFAULT, cells, first)
    assert layout.placed[0].column.key == "number"
    assert layout.placed[0].x == GUTTER
    for one, two in zip(layout.placed, layout.placed[1:], strict=False):
        assert two.x == one.x + one.width + GAP
    last = layout.placed[-1]
    assert last.x + last.width < cells or len(layout.placed) == 1


def test_the_least_important_column_gives_way_first() -> None:
    shown = {placed.column.key for placed in arrange(DEFAULT, 80).placed}
    hidden = [column for column in DEFAULT if column.key not in shown]
    assert min(column.priority for column in hidden) > max(BY_KEY[key].priority for key in shown)


@pytest.mark.parametrize("cells", [60, 80, 88, 120, 200])
def test_every_column_can_be_brought_into_sight(cells: int) -> None:
    seen: set[str] = set()
    for first in range(last_first(COLUMNS, cells) + 1):
        seen |= {placed.column.key for placed in arrange(COLUMNS, cells, first).placed}
    assert seen == {column.key for column in COLUMNS}


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("cells", [60, 80, 121])
def test_every_line_is_as_wide_as_the_table(cells: int, glyphs: Glyphs) -> None:
    on = canvas(cells, glyphs)
    lines = [paint_header(on, (SortField.SHIP_BY, True)), paint_loading(on)]
    lines += [paint_row(RowView(each), Look(cursor=True, marked=True), on) for each in ORDERS[:40]]
    lines.append(paint_row(RowView(ORDERS[0], ghost=Ghost("fulfilled")), Look(), on))
    lines.append(
        paint_row(RowView(ORDERS[0], Mark(MarkKind.FAILED, ActionName.ASSIGN, "k", "on hold" * 20)), Look(), on)
    )
    assert {cell_len(line.text) for line in lines} == {cells}


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_the_sorted_column_carries_its_arrow_whole(glyphs: Glyphs) -> None:
    for column in (column for column in COLUMNS if column.sort is not None):
        on = Canvas(arrange([BY_KEY["number"], column], 120), 120, lambda name: Style(), Formatter(NOW, "UTC", glyphs))
        assert column.sort is not None
        title = paint_header(on, (column.sort, True)).text
        assert glyphs.down in title, column.title
        assert glyphs.ellipsis not in title, column.title


@given(HOSTILE, HOSTILE, HOSTILE)
def test_strangers_names_leave_every_column_where_it_is(customer: str, owner: str, tag: str) -> None:
    hostile = order(1001, customer_name=customer, assigned_to=owner or "x", tags=[tag], order_number=f"#{tag}")
    for keys in (default_columns(Tab.ALL), tuple(BY_KEY)):
        columns = [BY_KEY[key] for key in keys]
        on = Canvas(arrange(columns, 240), 240, lambda name: Style(), Formatter(NOW, "UTC", UNICODE))
        line = paint_row(RowView(hostile), Look(), on)
        assert cell_len(line.text) == 240
        assert _harmless(line)


def _harmless(line: Strip) -> bool:
    return not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0x202A <= ord(char) <= 0x202E for char in line.text)


@given(st.integers(60, 260), st.integers(0, 60), st.sampled_from(Tab))
def test_a_name_is_whole_before_a_less_important_column_comes(cells: int, needed: int, tab: Tab) -> None:
    columns, customer = [BY_KEY[key] for key in default_columns(tab)], BY_KEY["customer"]
    placed = {
        each.column.key: each
        for each in arrange(columns, cells, needs={"customer": Need(needed, needed, needed)}).placed
    }
    if any(each.column.priority > customer.priority for each in placed.values()):
        assert placed["customer"].width >= min(needed, customer.grow)
    assert "customer" not in placed or placed["customer"].width <= max(customer.width, min(needed, customer.grow))


def test_most_names_are_whole_and_the_longest_takes_only_room_that_is_left() -> None:
    names = need(["田中 花子"] * 38 + ["Ana-Lucía Fernández de la Vega y Montenegro"] * 2)
    assert names == Need(9, 9, 43)
    columns = [BY_KEY[key] for key in default_columns(Tab.UNFULFILLED)]
    widths = {cells: _widths(arrange(columns, cells, needs={"customer": names})) for cells in (80, 96, 200)}
    assert "total" in widths[96]
    assert [widths[cells]["customer"] for cells in (80, 200)] == [BY_KEY["customer"].width, BY_KEY["customer"].grow]
    assert widths[80]["flags"] > BY_KEY["flags"].width
    assert need([]) == Need()


def test_nearly_all_names_are_whole_before_another_column_takes_more_than_its_least() -> None:
    names = need(["Ruth Patel"] * 40 + ["Jean-Luc Lindqvist"] * 9 + ["Ana-Lucía Fernández de la Vega y Montenegro"])
    columns = [BY_KEY[key] for key in default_columns(Tab.UNFULFILLED)]
    for cells in (80, 90, 96, 120):
        widths = _widths(arrange(columns, cells, needs={"customer": names, "owner": need(["bo"])}))
        assert widths["customer"] >= 18 or widths["flags"] == BY_KEY["flags"].width, cells
    assert _widths(arrange(columns, 90, needs={"customer": names, "owner": need(["bo"])}))["customer"] == 18


def test_an_owners_column_is_as_wide_as_owners_are_called_and_the_operators_own_name_fits() -> None:
    columns, fmt = [BY_KEY[key] for key in default_columns(Tab.UNFULFILLED)], Formatter(NOW, "UTC", UNICODE, "bo")
    short, longer = ([order(1001, assigned_to=name)] for name in ("ana", "konstantina"))
    mine = Formatter(NOW, "UTC", UNICODE, "konstantina")
    widths = [
        _widths(arrange(columns, 120, needs=needs_of(columns, orders, each)))["owner"]
        for orders, each in ((short, fmt), (longer, fmt), (short, mine))
    ]
    assert widths == [len("OWNER ▲"), len("konstantina"), len("konstantina")]
    returns = [BY_KEY[key] for key in default_columns(Tab.RETURNS)]
    long = {"owner": need(["assistant"]), "return": Need(38, 38, 38)}
    for cells, first in ((80, 0), (60, 3)):
        layout = arrange(returns, cells, first, long)
        assert _widths(layout)["owner"] == len("assistant")
        assert layout.placed[-1].x + layout.placed[-1].width < cells


def _widths(layout: Layout) -> dict[str, int]:
    return {placed.column.key: placed.width for placed in layout.placed}


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_flags_are_whole_or_counted(glyphs: Glyphs) -> None:
    busy = order(
        1001, priority="vip", issue="payment", ship_by=ago(30), return_=None, hold=None, outbound=Outbound(failed=1)
    )
    fmt = Formatter(NOW, "UTC", glyphs, "ana")
    said = {cells: text_of(BY_KEY["flags"].render(busy, fmt, cells)) for cells in (80, 36, 24, 14)}
    vip, failed = ("★", "✗") if glyphs is UNICODE else ("^", "x")
    late = "◆" if glyphs is UNICODE else "B"
    assert said[80] == f"{vip} VIP  {late} breach 1d  {failed} not passed on  $ payment"
    assert said[36] == f"{vip} VIP  {late} breach  {failed} failed  $ payment"
    assert said[24] == f"{vip} VIP  {late} breach +2"
    assert said[14] == f"{vip} VIP +3"


@pytest.mark.parametrize("cells", [80, 120, 200])
def test_a_return_says_how_long_it_is_in_its_state(cells: int) -> None:
    columns = [BY_KEY[key] for key in default_columns(Tab.RETURNS)]
    on = Canvas(arrange(columns, cells), cells, lambda name: Style(), Formatter(NOW, "UTC", UNICODE))
    waiting = ReturnSummary(id="r", state=ReturnState.AWAITING_REFUND, since=ago(13 * 24), reason="unwanted")
    assert paint_header(on, None).text.split()[1:3] == ["RETURN", "AGE"]
    assert "$ awaiting refund  13d" in paint_row(RowView(order(1001, return_=waiting)), Look(), on).text


def test_what_was_refunded_is_what_the_server_says_else_what_a_return_paid_back() -> None:
    def refunded(**said: object) -> str:
        return text_of(BY_KEY["refunded"].render(order(1001, **said), Formatter(NOW, "UTC", UNICODE), 11))

    paid = ReturnSummary(id="r", state=ReturnState.COMPLETED, refund_amount=12.5, currency="EUR")
    open_one = paid.model_copy(update={"state": ReturnState.INSPECTION})
    assert refunded(refunded=Money(amount="7.00", currency="USD"), return_=paid) == "7.00 $"
    assert refunded(refunded=None, return_=paid) == "12.50 €"
    assert refunded(refunded=None, return_=open_one) == refunded(refunded=None, return_=None) == ""


@pytest.mark.parametrize("cells", [80, 90, 120])
def test_the_tab_of_holds_says_why_since_when_until_when_and_whose(cells: int) -> None:
    titles = [
        placed.column.title for placed in arrange([BY_KEY[key] for key in default_columns(Tab.HOLDS)], cells).placed
    ]
    assert {"REASON", "SINCE", "UNTIL", "BY"} <= set(titles)
