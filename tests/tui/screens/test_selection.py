"""Marks: by id, kept until done or removed, removal taken back."""

from __future__ import annotations

from orders_tui.screens.desk.selection import Selection

ROWS = ["a", "b", "c", "d"]


def test_marks_are_kept_in_the_order_of_marking() -> None:
    selection = Selection()
    for order_id in ("c", "a", "b", "a"):
        selection.toggle(order_id)
    assert selection.ids == ("c", "b")


def test_what_is_done_is_unmarked_and_the_rest_stays() -> None:
    selection = Selection()
    selection.add(ROWS)
    selection.remove(["a", "c", "not here"])
    assert selection.ids == ("b", "d")


def test_clearing_can_be_taken_back_until_something_else_is_marked() -> None:
    selection = Selection()
    selection.add(["a", "b"])
    selection.clear()
    assert selection.restore()
    assert selection.ids == ("a", "b")
    selection.clear()
    selection.toggle("c")
    assert not selection.restore()


def test_a_range_follows_the_cursor_both_ways() -> None:
    selection = Selection()
    selection.toggle("d")
    selection.begin_range("b")
    selection.stretch("c", ROWS)
    assert set(selection.ids) == {"d", "b", "c"}
    selection.stretch("a", ROWS)
    assert set(selection.ids) == {"d", "b", "a"}
    selection.end_range()
    selection.stretch("c", ROWS)
    assert set(selection.ids) == {"d", "b", "a"}


def test_a_range_that_left_its_page_goes_on_with_single_rows() -> None:
    selection = Selection()
    selection.begin_range("a")
    selection.stretch("y", ["x", "y", "z"])
    assert set(selection.ids) == {"a", "y"}


def test_marks_that_are_forgotten_do_not_come_back() -> None:
    selection = Selection()
    selection.add(["a", "b"])
    selection.begin_range("c")
    selection.forget()
    assert not selection.restore()
    assert (selection.ids, selection.ranging) == ((), False)
