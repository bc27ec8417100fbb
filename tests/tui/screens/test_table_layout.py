"""Columns and cells: nothing overlaps, nothing is wider than its place, whatever a customer is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from tests.tui.screens.desk_data import NOW, ORDERS, order
from textual.strip import Strip

from orders_tui.glyphs import ASCII, UNICODE, Glyphs
from orders_tui.session.view import Ghost, RowView
from orders_tui.store.patches import Mark, MarkKind
from orders_tui.widgets.cells import clip, fit, plain, text_of, width
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.order_table.columns import BY_KEY, COLUMNS, GAP, GUTTER, arrange, default_columns, last_first
from orders_tui.widgets.order_table.painter import Canvas, Look, paint_header, paint_loading, paint_row
from orders_wire.vocabulary import ActionName, SortField, Tab

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


@pytest.mark.parametrize("cells", [80, 90, 120])
def test_the_tab_of_holds_says_why_since_when_until_when_and_whose(cells: int) -> None:
    titles = [
        placed.column.title for placed in arrange([BY_KEY[key] for key in default_columns(Tab.HOLDS)], cells).placed
    ]
    assert {"REASON", "SINCE", "UNTIL", "BY"} <= set(titles)
