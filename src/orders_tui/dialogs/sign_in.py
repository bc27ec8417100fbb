"""A token, when the server wants one that it knows. It is not shown, not logged, not kept on disk.

The dialog stays until the server has taken the token: what is typed after a wrong one goes into the field, not to the desk.
"""

from __future__ import annotations

from textual.app import ComposeResult

from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.wording import Tone


class SignInDialog(Dialog[None]):
    """Signs in when confirmed."""

    KEYS = (Hint("enter", "sign in"),)

    def body(self) -> ComposeResult:
        yield Field("Token", hint="paste it here", id="token", password=True, max_length=4096)

    def title_pieces(self) -> list[Piece]:
        if self.work.session.me is None:
            return [("Sign in", "strong"), ("  this server wants a token", Tone.DIM)]
        return [("Sign in again", "strong"), ("  rows, marks and drafts are still here", Tone.DIM)]

    def problem(self) -> str:
        token = self.query_one(Field).value
        if not token:
            return "the token is missing"
        if not token.isascii() or not token.isprintable() or " " in token:
            return "a token is one word of plain letters, digits and signs"
        return ""

    def result(self) -> None:
        """Nothing is returned."""

    def confirm(self) -> None:
        if problem := self.problem():
            self.say(problem, Tone.WARN)
            return
        self.say("asking the server")
        self.run_worker(self._sign_in(self.query_one(Field).value), exclusive=True, exit_on_error=False)

    async def _sign_in(self, token: str) -> None:
        refused = await self.work.session.sign_in(token)
        if refused is None and self.is_mounted:
            self.dismiss(None)
        elif self.is_mounted:
            self.say(f"not signed in: {refused}", Tone.WARN)
