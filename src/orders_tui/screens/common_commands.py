"""Commands that are the same on the desk and an order's screen: help, palette, command line, log, mentions, outbox, theme,
quitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui import themes
from orders_tui.commands import Place
from orders_tui.screens.command_screen import Commands, CommandScreen
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.dialogs.command_line import CommandLine

AGAIN_S = 2.0
"""So soon the second press of the key that quits has to come."""


class CommonCommands(Commands):
    """Commands `desk.*` and the views that are the same everywhere."""

    def __init__(self, screen: CommandScreen) -> None:
        self.screen = screen
        self._quit_pressed_at = float("-inf")

    def desk_refresh(self, _: str) -> None:
        self.screen.work.session.refresh()

    def desk_redraw(self, _: str) -> None:
        """For a terminal that something else wrote on."""
        self.screen.refresh(layout=True)
        self.screen.app.refresh()

    def desk_line(self, _: str) -> None:
        from orders_tui.dialogs.command_line import CommandLine

        self._ask_for_command(CommandLine)

    def desk_palette(self, _: str) -> None:
        from orders_tui.dialogs.command_line import Palette

        self._ask_for_command(Palette)

    def _ask_for_command(self, dialog: type[CommandLine]) -> None:
        from orders_tui.dialogs.known_values import known_values

        screen = self.screen
        known = known_values(screen.work, screen.target(), screen.app.available_themes)
        screen.ask(
            dialog(screen.work, screen.place, known, screen.reason),
            lambda offer: screen.perform(offer.command.id, offer.argument),
        )

    def desk_help(self, _: str) -> None:
        from orders_tui.dialogs.help import HelpDialog

        self.screen.ask(HelpDialog(self.screen.work, self.screen.place, self.screen.reason), self.screen.perform)

    def desk_shop(self, name: str) -> None:
        """The profiles; with a name, to that one."""
        from orders_tui.dialogs.shops import ShopsDialog

        shops = self.screen.work.shops
        if shops is None:
            self.screen.say("there is no other shop to go to here")
        else:
            self.screen.ask(ShopsDialog(self.screen.work, shops, name), shops.enter)

    def view_log(self, _: str) -> None:
        from orders_tui.screens.log import LogScreen

        self.screen.app.push_screen(LogScreen(self.screen.work))

    def view_mentions(self, _: str) -> None:
        from orders_tui.screens.mentions import MentionsScreen

        self.screen.app.push_screen(MentionsScreen(self.screen.work))

    def view_outbox(self, _: str) -> None:
        from orders_tui.screens.outbox import OutboxScreen

        outgoing = self.screen.work.outgoing
        if outgoing is None:
            self.screen.say("the outbox needs a server")
        else:
            self.screen.app.push_screen(OutboxScreen(self.screen.work, outgoing))

    def view_theme(self, argument: str) -> None:
        """The next theme of the cycle, or the one that is named, the desk's own also by their short names."""
        app = self.screen.app
        at = themes.CYCLE.index(app.theme) if app.theme in themes.CYCLE else -1
        name = themes.OWN.get(argument, argument) or themes.CYCLE[(at + 1) % len(themes.CYCLE)]
        if name not in app.available_themes:
            self.screen.say(f"there is no theme {argument}", Tone.WARN)
            return
        app.theme = self.screen.work.preferences.theme = name
        self.screen.say(f"theme {name}")

    def desk_quit(self, _: str) -> None:
        """Closes this screen; at the desk the second press within two seconds quits."""
        now = self.screen.work.pace.monotonic()
        if self.screen.place is not Place.DESK:
            self.screen.dismiss()
        elif now - self._quit_pressed_at <= AGAIN_S:
            self.desk_quit_now("")
        else:
            self._quit_pressed_at = now
            self.screen.say(f"{self.screen.work.key('desk.quit')} again to quit, within {AGAIN_S:.0f} s", Tone.ACTIVE)

    def desk_quit_now(self, _: str) -> None:
        """Quits; while something is without an answer, asks first."""
        if not self.screen.work.unsettled and not self.screen.work.programs.running:
            self.screen.app.exit()
            return
        from orders_tui.dialogs.quit import QuitDialog

        self.screen.ask(QuitDialog(self.screen.work), lambda _: self.screen.app.exit())
