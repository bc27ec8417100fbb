"""Commands that are the same on the desk and an order's screen: help, palette, command line, log, outbox, theme, quitting."""

from __future__ import annotations

from difflib import get_close_matches

from orders_tui import themes
from orders_tui.commands import Place, parse_line
from orders_tui.screens.command_screen import Commands, CommandScreen
from orders_tui.wording import Tone

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

        self.screen.ask(CommandLine(self.screen.work), self._typed)

    def _typed(self, text: str) -> None:
        command, word, argument = parse_line(text)
        if command is None:
            self.screen.say(f"there is no command {word}; {self.screen.work.key('desk.help')} shows all", Tone.WARN)
        elif argument and not command.argument:
            self.screen.say(f"{command.word} takes nothing after it", Tone.WARN)
        else:
            self.screen.perform(command.id, argument)

    def desk_palette(self, _: str) -> None:
        from orders_tui.screens.palette import Palette

        self.screen.app.push_screen(Palette())

    def desk_help(self, _: str) -> None:
        from orders_tui.dialogs.help import HelpDialog

        self.screen.ask(HelpDialog(self.screen.work, self.screen.place, self.screen.reason), self.screen.perform)

    def view_log(self, _: str) -> None:
        from orders_tui.screens.log import LogScreen

        self.screen.app.push_screen(LogScreen(self.screen.work))

    def view_outbox(self, _: str) -> None:
        from orders_tui.screens.outbox import OutboxScreen

        outgoing = self.screen.work.outgoing
        if outgoing is None:
            self.screen.say("the outbox needs a server")
        else:
            self.screen.app.push_screen(OutboxScreen(self.screen.work, outgoing))

    def view_theme(self, argument: str) -> None:
        """The next theme of the cycle, or the one that is named, also without `desk-` before it."""
        app, known = self.screen.app, self.screen.app.available_themes
        at = themes.CYCLE.index(app.theme) if app.theme in themes.CYCLE else -1
        name = argument or themes.CYCLE[(at + 1) % len(themes.CYCLE)]
        name = name if name in known else f"desk-{name}"
        if name in known:
            app.theme = self.screen.work.preferences.theme = name
            self.screen.say(f"theme {name}")
            return
        near = get_close_matches(argument, known, n=1, cutoff=0.4)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
        self.screen.say(f"there is no theme {argument}; {meant}", Tone.WARN)

    def desk_quit(self, _: str) -> None:
        """Closes this screen; at the desk the second press within two seconds quits."""
        now = self.screen.work.pace.monotonic()
        if self.screen.place is not Place.DESK:
            self.screen.dismiss()
        elif now - self._quit_pressed_at <= AGAIN_S:
            self.desk_quit_now("")
        else:
            self._quit_pressed_at = now
            self.screen.say(f"{self.screen.work.key('desk.quit')} again to quit", Tone.ACTIVE)

    def desk_quit_now(self, _: str) -> None:
        """Quits; while something is without an answer, asks first."""
        if not self.screen.work.session.actions.unsettled:
            self.screen.app.exit()
            return
        from orders_tui.dialogs.quit import QuitDialog

        self.screen.ask(QuitDialog(self.screen.work), lambda _: self.screen.app.exit())
