"""Taking something out of the screen: to the clipboard, to the browser, to a file."""

from __future__ import annotations

import os

from orders_tui.screens.command_screen import Commands, CommandScreen
from orders_tui.wording import Tone

OSC52_LIMIT = 74_994
"""Bytes that common terminals take in one clipboard sequence."""


class CopyExportCommands(Commands):
    """Commands `take.*`."""

    def __init__(self, screen: CommandScreen) -> None:
        self.screen = screen

    def take_copy(self, _: str) -> None:
        """Those of the marked orders, else of the one looked at."""
        numbers = "\n".join(order.order_number for order in self.screen.target().orders)
        if numbers:
            self._copy(numbers)
        else:
            self.screen.say("there is nothing to copy")

    def take_copy_more(self, _: str) -> None:
        order = self.screen.current()
        if order is None:
            self.screen.say("there is nothing to copy")
            return
        from orders_tui.dialogs.copy import CopyDialog

        self.screen.ask(CopyDialog(self.screen.work, order), self._copy)

    def _copy(self, text: str) -> None:
        if len(text.encode()) > OSC52_LIMIT:
            self.screen.say("too much for the terminal's clipboard; export it instead", Tone.WARN)
            return
        self.screen.app.copy_to_clipboard(text)
        shown = text if len(text) <= 40 and "\n" not in text else f"{text.count(chr(10)) + 1} lines"
        doubt = "; this terminal may not take it" if os.environ.get("TERM_PROGRAM") == "Apple_Terminal" else ""
        self.screen.say(f"sent to the terminal's clipboard: {shown}{doubt}", Tone.WARN if doubt else Tone.GOOD)

    def take_browser(self, _: str) -> None:
        """The order in the shop's admin, where the server gives an https address for it."""
        order = self.screen.current()
        detail = self.screen.work.session.table.detail(order.id) if order is not None else None
        if order is None:
            self.screen.say("there is no order here")
        elif detail is None:
            self.screen.say("its details are being fetched; press again in a moment")
        elif detail.admin_url is None or not detail.admin_url.startswith("https://"):
            self.screen.say("the server gives no address for this order")
        else:
            self.screen.app.open_url(detail.admin_url)
            self.screen.say(f"sent to the browser: {detail.admin_url}")

    def take_export(self, _: str) -> None:
        from orders_tui.dialogs.export import ExportDialog

        target = self.screen.target()
        dialog = ExportDialog(self.screen.work, target.orders if target.marked else ())
        self.screen.ask(dialog, lambda message: self.screen.say(message, Tone.GOOD))
