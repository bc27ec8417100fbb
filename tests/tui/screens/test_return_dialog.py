"""Every state × action pair of the returns machine, in the dialog, against the table of contract §3."""

from __future__ import annotations

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui import wording
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.dialogs import return_path
from orders_tui.glyphs import ASCII, UNICODE, Glyphs
from orders_tui.screens.order import OrderScreen
from orders_tui.widgets.cells import Piece, text_of, width
from orders_tui.widgets.line_list import LineList
from orders_wire.return_machine import after as leads_to
from orders_wire.vocabulary import ReturnAction, ReturnState

OPEN = [state for state in ReturnState if not state.terminal]
TABLE = {
    (ReturnState.LABEL_GENERATED, ReturnAction.REQUEST_INSPECTION): ReturnState.INSPECTION,
    (ReturnState.IN_TRANSIT, ReturnAction.REQUEST_INSPECTION): ReturnState.INSPECTION,
    (ReturnState.INSPECTION, ReturnAction.APPROVE_REFUND): ReturnState.AWAITING_REFUND,
    (ReturnState.AWAITING_REFUND, ReturnAction.APPROVE_REFUND): ReturnState.COMPLETED,
    **{(state, ReturnAction.DENY): ReturnState.DENIED for state in OPEN},
}
MOVES: list[ReturnAction] = [action for action in ReturnAction if action is not ReturnAction.APPROVE_REQUEST]
"""Those of a return that is more than requested."""
INSIDE = 74
"""Cells inside the dialog where the terminal has 80 columns."""


async def _open_return(desk: Desk, state: ReturnState) -> None:
    order = next(each for each in desk_data.ORDERS if each.return_ is not None and each.return_.state is state)
    desk.app.push_screen(OrderScreen(desk.screen.work, order.id))
    await desk.pilot.pause()


@pytest.mark.parametrize("state", ReturnState)
async def test_the_dialog_does_what_the_table_allows_and_nothing_else(
    open_desk: Open, session: FakeSession, state: ReturnState
) -> None:
    async with open_desk(typed_amount_above=1e9) as desk:
        await _open_return(desk, state)
        for action in MOVES:
            before = len(session.sent)
            await desk.press("r")
            actions = desk.dialog.query_one(LineList)
            actions.choose(action)
            desk.dialog.update()
            if (state, action) in TABLE:
                assert actions.current == action
                assert desk.said("consequence").startswith(wording.return_action(action, state))
                await desk.press("ctrl+s")
                draft = session.sent[-1]
                assert isinstance(draft, ReturnsDraft)
                assert (len(session.sent), draft.move) == (before + 1, action)
            else:
                assert actions.current != action
                assert f"not from {wording.return_state(state).word}" in _line(actions, action)
                await desk.press("escape")
                assert len(session.sent) == before


def _line(actions: LineList, action: ReturnAction) -> str:
    return actions.render_line(MOVES.index(action)).text


@pytest.mark.parametrize("state", [state for state in ReturnState if state.terminal])
async def test_confirming_where_nothing_is_allowed_changes_nothing(
    open_desk: Open, session: FakeSession, state: ReturnState
) -> None:
    async with open_desk() as desk:
        await _open_return(desk, state)
        await desk.press("r", "ctrl+s", "ctrl+s")
        assert session.sent == []
        assert "nothing can be done" in desk.said()


@pytest.mark.parametrize(("pair", "after"), TABLE.items(), ids=str)
def test_the_picture_lights_where_an_action_leads(pair: tuple[ReturnState, ReturnAction], after: ReturnState) -> None:
    state, action = pair
    assert leads_to(state, action) is after
    drawn = [*return_path.way(state, [action], UNICODE), *return_path.branch(state, [action], UNICODE)]
    lit = [text for text, tone in drawn if tone == "active" and wording.return_state(after).short in text]
    assert len(lit) == 1


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("state", ReturnState)
def test_the_picture_fits_and_its_stems_stand_under_their_states(state: ReturnState, glyphs: Glyphs) -> None:
    allowed = [action for action in ReturnAction if (state, action) in TABLE]
    way, branch = return_path.way(state, allowed, glyphs), return_path.branch(state, allowed, glyphs)
    assert max(width(text_of(way)), width(text_of(branch))) <= INSIDE
    stems = [at for at, char in enumerate(text_of(branch)) if char in {glyphs.corner, glyphs.tee}]
    assert len(stems) == 5
    assert all(start <= stem < end for stem, (start, end) in zip(stems, _spans(way), strict=False))


def _spans(way: list[Piece]) -> list[tuple[int, int]]:
    ends = [width(text_of(way[: at + 1])) for at in range(len(way))]
    return [(ends[at - 1] if at else 0, ends[at]) for at in range(0, len(way), 2)]
