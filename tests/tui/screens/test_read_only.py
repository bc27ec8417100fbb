"""Read only, as an operator meets it: what would act is dimmed, and says why when it is pressed or typed all the same."""

from __future__ import annotations

from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_outgoing import FakeOutgoing
from tests.tui.screens.fake_session import FakeSession

from orders_tui.commands import COMMANDS, Group
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import dialog_of
from orders_tui.errors import ReadOnly
from orders_tui.screens.order import OrderScreen
from orders_wire.vocabulary import ActionName

WHY = str(ReadOnly())
ACTING = [command for command in COMMANDS if command.group is Group.ACT]


async def test_no_command_that_acts_does(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(read_only=True) as desk:
        for command in ACTING:
            assert desk.screen.reason(command) == WHY
            assert not desk.screen.hint(command.id).able
            desk.screen.perform(command.id, "ana")
            await desk.pilot.pause()
            assert WHY in desk.hint
            assert desk.app.screen is desk.screen
        await desk.press("colon")
        await desk.type("assign ana")
        await desk.press("enter")
        assert WHY in desk.said()
        await desk.press("escape", "enter", "f")
        assert WHY in desk.hint
    assert session.sent == []


async def test_a_dialog_that_is_open_all_the_same_sends_nothing(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(read_only=True) as desk:
        target = desk.screen.target()
        for action in (ActionName.SUPPORT, ActionName.ASSIGN, ActionName.FULFILL):
            desk.screen.ask(
                dialog_of(action).about(desk.screen.work, Target(target.ids, target.orders), "x"), lambda _: None
            )
            await desk.pilot.pause()
            await desk.press("ctrl+s")
            assert desk.said() == WHY
            await desk.press("escape")
    assert session.sent == []


async def test_mentions_can_only_be_looked_at(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(read_only=True) as desk:
        session.mentions.come()
        desk.screen.perform("view.mentions")
        await desk.pilot.pause()
        for key in ("x", "X"):
            await desk.press(key)
            assert WHY in desk.hint
        await desk.press("enter")
        assert isinstance(desk.app.screen, OrderScreen)
    assert session.mentions.sent == []


async def test_the_outbox_can_only_be_read(open_desk: Open) -> None:
    async with open_desk(read_only=True) as desk:
        await desk.press("O")
        await desk.pilot.pause()
        await desk.press("R")
        assert WHY in desk.hint
        await desk.press("X", "X")
        assert WHY in desk.hint
        outgoing = desk.screen.work.outgoing
        assert isinstance(outgoing, FakeOutgoing)
        assert outgoing.decided == []
