"""A pinned view is left and found again as a tab is, in a session and over a restart."""

from __future__ import annotations

from pathlib import Path

from tests.tui.core.test_session import Watched, play

from orders_tui.query import Filters, OrdersQuery
from orders_tui.state_file import Remembered, StateFile, TabMemory
from orders_tui.views.pins import pin
from orders_wire.vocabulary import Tab

MINE = OrdersQuery(Tab.ALL, Filters(words="1"), page_size=5)


def test_it_is_left_and_found_again_with_its_cursor_beside_the_tab_of_the_same_rows() -> None:
    async def scenario(w: Watched) -> None:
        table = w.session.table
        table.step(2)
        table.open_view("mine", "as saved", Tab.ALL, MINE)
        await w.rest()
        assert (table.view.place, table.view.query.filters) == ("+mine", MINE.filters)
        table.step(1)
        here = w.cursor
        table.open_tab(Tab.ALL)
        await w.rest()
        assert (table.view.place, table.view.query.filters, w.cursor) == ("all", Filters(), 28)
        assert table.memory(pin("mine")).saved == "as saved"
        table.open_view("mine", "as saved", Tab.ALL)
        await w.rest()
        assert (table.view.pinned, table.view.query.filters, w.cursor) == ("mine", MINE.filters, here)

    play(scenario)


def test_what_is_changed_within_it_stays_until_it_is_opened_as_it_is_saved() -> None:
    async def scenario(w: Watched) -> None:
        table = w.session.table
        table.open_view("mine", "as saved", Tab.ALL, MINE)
        await w.rest()
        table.set_filters(Filters(words="2"))
        await w.rest()
        assert table.view.pinned == "mine"
        table.open_tab(Tab.UNFULFILLED)
        await w.rest()
        table.open_view("mine", "as saved", Tab.ALL)
        await w.rest()
        assert table.view.query.filters == Filters(words="2")
        table.open_view("mine", "as saved", Tab.ALL, MINE)
        await w.rest()
        assert table.view.query.filters == MINE.filters

    play(scenario)


def test_another_query_is_its_tabs_and_leaves_the_view() -> None:
    async def scenario(w: Watched) -> None:
        table = w.session.table
        table.open_view("mine", "as saved", Tab.ALL, MINE)
        await w.rest()
        table.show(OrdersQuery(Tab.UNFULFILLED, page_size=5))
        await w.rest()
        assert table.view.place == Tab.UNFULFILLED
        assert table.memory(pin("mine")).filters == MINE.filters
        table.open_view("mine", "as saved", Tab.ALL)
        await w.rest()
        table.stand()
        assert table.view.place == Tab.ALL
        assert table.view.query.filters == MINE.filters

    play(scenario)


def test_it_is_remembered_over_a_restart(tmp_path: Path) -> None:
    memories = {
        Tab.ALL: TabMemory(Filters(owner="bo")),
        pin("mine"): TabMemory(MINE.filters, None, "key", "1", False, "as saved"),
    }
    remembered = Remembered(Tab.ALL, memories)
    file = StateFile(tmp_path / "state.json")
    assert file.save(remembered)
    assert file.load() == remembered

    async def scenario(w: Watched) -> None:
        w.session.table.open_view("mine", "as saved", Tab.ALL)
        await w.rest()
        assert w.session.table.view.query.filters == MINE.filters

    play(scenario, memories={pin("mine"): TabMemory(MINE.filters, saved="as saved")})
