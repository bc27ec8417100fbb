"""What every stage offers: help, palette, command line, log, outbox, theme, refreshing, quitting."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from orders_tui import themes
from orders_tui.commands import BY_ID, Place, parse_line
from orders_tui.screens.stage import Handler, Stage
from orders_tui.wording import Tone

AGAIN_S = 2.0


class House:
    """Commands `desk.*` and the views that are the same everywhere."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._quit_asked_at = float("-inf")

    def handlers(self) -> Mapping[str, Handler]:
        """By command id."""
        return {
            "desk.refresh": lambda _: self.stage.work.session.refresh(),
            "desk.redraw": lambda _: self.redraw(),
            "desk.line": lambda _: self.line(),
            "desk.palette": lambda _: self.palette(),
            "desk.help": lambda _: self.help(),
            "desk.quit": lambda _: self.quit(),
            "desk.quit_now": lambda _: self.quit_now(),
            "view.log": lambda _: self.log(),
            "view.outbox": lambda _: self.outbox(),
            "view.theme": self.theme,
        }

    def redraw(self) -> None:
        """Draws everything again, for a terminal that something else wrote on."""
        self.stage.refresh(layout=True)
        self.stage.app.refresh()

    def line(self) -> None:
        """The `:` line."""
        from orders_tui.dialogs.command_line import CommandLine

        self.stage.app.push_screen(CommandLine(self.stage.work), self._typed)

    def _typed(self, text: str | None) -> None:
        if not text:
            return
        command, word, argument = parse_line(text)
        if command is None:
            self.stage.say(f"there is no command {word}; {self.stage.work.key('desk.help')} shows all", Tone.WARN)
        elif argument and not command.argument:
            self.stage.say(f"{command.word} takes nothing after it", Tone.WARN)
        else:
            self.stage.perform(command.id, argument)

    def palette(self) -> None:
        """Textual's palette over the registry."""
        from orders_tui.screens.palette import Palette

        self.stage.app.push_screen(Palette())

    def help(self) -> None:
        """Every key."""
        from orders_tui.dialogs.help import HelpDialog

        self.stage.app.push_screen(HelpDialog(self.stage.work, self.stage.place, self._reason), self._chosen)

    def _reason(self, command_id: str) -> str:
        return self.stage.reason(BY_ID[command_id])

    def _chosen(self, command_id: str | None) -> None:
        if command_id is not None:
            self.stage.perform(command_id)

    def log(self) -> None:
        """What was done here."""
        from orders_tui.screens.log import LogScreen

        self.stage.app.push_screen(LogScreen(self.stage.work))

    def outbox(self) -> None:
        """What waits or failed on its way out, and what could not be read."""
        from orders_tui.screens.outbox import OutboxScreen

        outgoing = self.stage.work.outgoing
        if outgoing is None:
            self.stage.say("the outbox needs a server")
        else:
            self.stage.app.push_screen(OutboxScreen(self.stage.work, outgoing))

    def theme(self, argument: str) -> None:
        """The next theme of the cycle, or the one that is named, also without `desk-` before it."""
        app = self.stage.app
        if argument:
            known = [name for name in (argument, f"desk-{argument}") if name in app.available_themes]
            if not known:
                near = get_close_matches(argument, app.available_themes, n=1, cutoff=0.4)
                meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(app.available_themes))}"
                self.stage.say(f"there is no theme {argument}; {meant}", Tone.WARN)
                return
            app.theme = known[0]
        else:
            at = themes.CYCLE.index(app.theme) if app.theme in themes.CYCLE else -1
            app.theme = themes.CYCLE[(at + 1) % len(themes.CYCLE)]
        self.stage.work.preferences.theme = app.theme
        self.stage.say(f"theme {app.theme}")

    def quit(self) -> None:
        """Closes this screen; at the desk the second press within two seconds quits."""
        if self.stage.place is not Place.DESK:
            self.stage.dismiss()
            return
        now = self.stage.work.pace.monotonic()
        if now - self._quit_asked_at <= AGAIN_S:
            self.quit_now()
        else:
            self._quit_asked_at = now
            self.stage.say(f"{self.stage.work.key('desk.quit')} again to quit", Tone.ACTIVE)

    def quit_now(self) -> None:
        """Quits; while something is without an answer, asks first."""
        if not self.stage.work.session.actions.unsettled:
            self.stage.app.exit()
            return
        from orders_tui.dialogs.quit import QuitDialog

        self.stage.app.push_screen(QuitDialog(self.stage.work), self._quit_answered)

    def _quit_answered(self, sure: bool | None) -> None:
        if sure:
            self.stage.app.exit()
