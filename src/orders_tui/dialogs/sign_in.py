"""A new token, when the server no longer knows the old one. It is not shown, not logged, not kept on disk."""

from __future__ import annotations

from textual.app import ComposeResult

from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.wording import Tone


class SignInDialog(Dialog[None]):
    """Signs in when confirmed."""

    def body(self) -> ComposeResult:
        yield Field("Token", hint="paste it here", id="token", password=True, max_length=4096)

    def title_pieces(self) -> list[Piece]:
        return [("Sign in again", "strong"), ("  rows, marks and drafts are still here", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint("enter", "sign in")]

    def problem(self) -> str:
        return "" if self.query_one(Field).value else "the token is missing"

    def result(self) -> None:
        self.work.session.sign_in(self.query_one(Field).value)
