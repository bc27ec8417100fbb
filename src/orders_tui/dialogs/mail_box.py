"""The box "mail the customer" of what is sent: off at first, and then as it was left on this desk."""

from __future__ import annotations

from typing import TypeVar

from orders_tui.actions.draft import Draft
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.widgets.switch import Switch

D = TypeVar("D", bound=Draft)


class MailDialog(ActionDialog[D]):
    """A dialog with the box, a switch called `mail`. What it shows is sent; it is remembered once that is confirmed."""

    BINDINGS = hidden_bindings({"ctrl+n": "mail"})

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        self.mail = work.preferences.mail

    @property
    def mail_words(self) -> str:
        """What the box stands for; empty where nobody is mailed, whatever is chosen."""
        return "mail the customer" if len(self.target.ids) == 1 else "mail the customers"

    def update(self) -> None:
        super().update()
        box = self.query_one("#mail", Switch)
        box.visible = bool(self.mail_words)
        box.show(self.mail_words, on=self.mail)

    def action_mail(self) -> None:
        """Mails customers, or does not."""
        if not self.mail_words:
            return
        self.mail = not self.mail
        self.touched = True
        self.update()

    def finish(self, result: D) -> None:
        self.work.preferences.mail = self.mail
        super().finish(result)
