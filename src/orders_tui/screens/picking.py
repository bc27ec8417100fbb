"""Pick lists and slips of the orders at hand, or of all that match."""

from __future__ import annotations

from collections.abc import Callable

from orders_tui.actions.draft import Draft
from orders_tui.commands import Place
from orders_tui.screens.command_screen import Commands, CommandScreen
from orders_tui.wording import Tone

TOLD_S = 15.0
"""So long it stays on screen where a pick went, and what is left out of it."""


class PickCommands(Commands):
    """The command `take.pick`. `send` carries out what comes with it: whose the orders are to be."""

    def __init__(self, screen: CommandScreen, send: Callable[[Draft], None]) -> None:
        self.screen, self._send = screen, send

    def take_pick(self, _: str) -> None:
        """Opens the dialog; what was handed out is said, and sent where it is to be taken."""
        from orders_tui.dialogs.pick import HandedOut, PickDialog

        target, on_desk = self.screen.target(), self.screen.place is Place.DESK
        view = on_desk and self.screen.work.session.table.view.span.total > 0
        if not target and not view:
            self.screen.say("there is nothing to pick", Tone.WARN)
            return

        def done(out: HandedOut) -> None:
            if out.take is not None:
                self._send(out.take)
            self.screen.app.notify(out.sentence, timeout=TOLD_S, markup=False)

        self.screen.ask(PickDialog(self.screen.work, target, view=view), done)
