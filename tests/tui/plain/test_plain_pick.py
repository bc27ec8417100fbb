"""Picking at a plain prompt."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.plain.talk import talk
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.pick_scenes import some_orders

from orders_tui.actions.assign import AssignDraft
from orders_tui.plain import acting, prompt
from orders_tui.programs import prints


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    monkeypatch.setattr(prints, "READING_S", 0.0)
    monkeypatch.setattr(acting, "SETTLES_S", 0.0)
    monkeypatch.setattr(prompt, "LEAVING_S", 0.0)
    session = FakeSession(page_size=5)
    some_orders(session)
    return session


async def test_what_can_be_sent_is_said_first_and_goes_where_that_is_asked_for(
    session: FakeSession, tmp_path: Path
) -> None:
    path, first = tmp_path / "slips.txt", session.table.view.rows[0].order
    answers = ("1", "slips", "file", str(path), "yes")
    said = " ".join((await talk(session, "1", "pick", *answers, state_dir=tmp_path)).split())
    assert f"1. {first.order_number}, and what ships together" in said
    assert "2 orders, 8 units left out: 2 lines wait for stock; 2 lines are held" in said
    assert "2 orders, 8 units written to" in said
    assert "take them: you become the owner (1)?" in said
    assert [draft.order_ids for draft in session.sent if isinstance(draft, AssignDraft)] == [(first.id,)]
    assert path.read_text().count("ship with") == 2


async def test_nothing_is_taken_without_yes_and_of_nothing_nothing_is_made(
    session: FakeSession, tmp_path: Path
) -> None:
    number = session.table.view.rows[0].order.order_number
    printer = {"print_command": ("true",), "state_dir": tmp_path}
    said = await talk(
        session, "mark 1", "pick", "2", "pick list", "printer", "", "mark 1", "mark 2", "pick", "1", **printer
    )
    assert "1 order, 4 units printed by true" in said
    assert f"{number} ships together with orders that are not among these" in " ".join(said.split())
    assert "nothing of this can be sent now" in said
    assert session.sent == []
