"""The cursors around a page: contract §1, Cursors."""

from __future__ import annotations

from typing import Any

import pytest

from orders_sync.desk.page import Window, page_info
from orders_wire.cursors import ShopifyCursor

KEY = ShopifyCursor(7, 1000, "all", "")


def info(position: int, rows: int, total: int, size: int = 12) -> dict[str, Any]:
    return page_info(Window(position, rows, total, size), KEY if rows else None)


def test_the_first_of_several_pages() -> None:
    assert info(0, 12, 128) == {
        "cursor": "ofs:0",
        "startCursor": "ofs:0",
        "endCursor": "ofs:b",
        "nextCursor": "ofs:c",
        "previousCursor": None,
        "hasNextPage": True,
        "hasPreviousPage": False,
        "page": 1,
        "pageSize": 12,
        "totalPages": 11,
        "shopifyCursor": KEY.encode(),
    }


def test_a_page_between_two_others_that_begins_off_the_grid() -> None:
    found = info(5, 12, 128)
    assert (found["previousCursor"], found["nextCursor"], found["page"]) == ("ofs:0", "ofs:h", 1)


def test_an_empty_desk_has_one_empty_page() -> None:
    found = info(0, 0, 0)
    assert [found[name] for name in ("startCursor", "endCursor", "nextCursor", "previousCursor", "shopifyCursor")] == [
        None
    ] * 5
    assert (found["page"], found["totalPages"], found["hasNextPage"], found["hasPreviousPage"]) == (1, 1, False, False)


@pytest.mark.parametrize(
    ("total", "last_page"), [(1, "ofs:0"), (12, "ofs:0"), (13, "ofs:c"), (24, "ofs:c"), (25, "ofs:o")]
)
def test_past_the_end_the_way_back_leads_to_the_last_page(total: int, last_page: str) -> None:
    found = info(500, 0, total)
    assert (found["previousCursor"], found["nextCursor"], found["startCursor"]) == (last_page, None, None)
    assert found["page"] == 42


def test_past_the_end_of_nothing_there_is_no_way_back() -> None:
    assert info(12, 0, 0)["previousCursor"] is None
