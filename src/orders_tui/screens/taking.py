"""Taking something out of the screen: to the clipboard, to the browser, to a file."""

from __future__ import annotations

import os
from collections.abc import Mapping

from orders_tui.screens.stage import Handler, Stage
from orders_tui.wording import Tone

OSC52_LIMIT = 74_994
"""Bytes that common terminals take in one clipboard sequence."""


class Taking:
    """Commands `take.*`."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def handlers(self) -> Mapping[str, Handler]:
        """By command id."""
        return {
            "take.copy": lambda _: self.copy(),
            "take.copy_more": lambda _: self.copy_more(),
            "take.browser": lambda _: self.browser(),
            "take.export": lambda _: self.export(),
        }

    def copy(self) -> None:
        """The numbers of the marked orders, else of the one looked at."""
        target = self.stage.target()
        numbers = [order.order_number for order in target.orders]
        if numbers:
            self._copied("\n".join(numbers))
        else:
            self.stage.say("there is nothing to copy")

    def copy_more(self) -> None:
        """Opens the choice of what to copy."""
        order = self.stage.current()
        if order is None:
            self.stage.say("there is nothing to copy")
            return
        from orders_tui.dialogs.copy import CopyDialog

        self.stage.app.push_screen(CopyDialog(self.stage.work, order), self._copied)

    def _copied(self, text: str | None) -> None:
        if text is None:
            return
        shown = text if len(text) <= 40 and "\n" not in text else f"{text.count(chr(10)) + 1} lines"
        if len(text.encode()) > OSC52_LIMIT:
            self.stage.say("too much for the terminal's clipboard; export it instead", Tone.WARN)
            return
        self.stage.app.copy_to_clipboard(text)
        doubt = "; this terminal may not take it" if os.environ.get("TERM_PROGRAM") == "Apple_Terminal" else ""
        self.stage.say(f"sent to the terminal's clipboard: {shown}{doubt}", Tone.WARN if doubt else Tone.GOOD)

    def browser(self) -> None:
        """The order in the shop's admin, where the server gives an https address for it."""
        order = self.stage.current()
        detail = self.stage.work.session.table.detail(order.id) if order is not None else None
        url = detail.admin_url if detail is not None else None
        if order is None:
            self.stage.say("there is no order here")
        elif detail is None:
            self.stage.say("its details are being fetched; press again in a moment")
        elif url is None or not url.startswith("https://"):
            self.stage.say("the server gives no address for this order")
        else:
            self.stage.app.open_url(url)
            self.stage.say(f"sent to the browser: {url}")

    def export(self) -> None:
        """Opens the choice of what to write where."""
        from orders_tui.dialogs.export import ExportDialog

        target = self.stage.target()
        chosen = target.orders if target.marked else ()
        self.stage.app.push_screen(ExportDialog(self.stage.work, chosen), self._exported)

    def _exported(self, message: str | None) -> None:
        if message is not None:
            self.stage.say(message, Tone.GOOD)
