"""Another address of a Sync server, tried before the dialog is left."""

from __future__ import annotations

from textual.app import ComposeResult

from orders_tui.config import DEFAULT_SERVER
from orders_tui.context.context import Context
from orders_tui.context.shops import Opening, Shops
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.errors import ClientError
from orders_tui.widgets.hint_bar import Hint
from orders_tui.wording import Tone


class ServerDialog(Dialog[Opening]):
    """Returns the desk at the address that was typed, ready to be entered."""

    HEADING = ("Another address", "a token goes to no other server than its own")
    KEYS = (Hint("enter", "try it"),)

    def __init__(self, work: Context, shops: Shops) -> None:
        super().__init__(work)
        self._shops = shops

    def body(self) -> ComposeResult:
        yield Field("Server", hint=DEFAULT_SERVER, id="server", max_length=2000)

    def problem(self) -> str:
        return "" if self.query_one(Field).value else f"an address such as {DEFAULT_SERVER}"

    def result(self) -> None:
        """What is returned comes when the server has answered."""

    def confirm(self) -> None:
        if problem := self.fault():
            self.say(problem, Tone.WARN)
            return
        self.say(f"asking {self.query_one(Field).value} {self.work.glyphs.ellipsis}", Tone.ACTIVE)
        self.run_worker(self._ask(self.query_one(Field).value), exclusive=True, exit_on_error=False)

    async def _ask(self, server: str) -> None:
        try:
            opening = await self._shops.ready_at(server)
        except ClientError as error:
            if self.has_widgets:
                self.say(str(error), Tone.WARN)
            return
        self.dismiss(opening)
