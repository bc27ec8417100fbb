"""`:shop`: the profiles, each with its server and its band. Going to one leaves this desk as quitting does.

The dialog stays until the other server has answered: a profile that cannot be used leaves everything as it is, and says why.
"""

from __future__ import annotations

from orders_tui.config.band import PRODUCTION
from orders_tui.context.context import Context
from orders_tui.context.shops import Opening, Shop, Shops, at_stake
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.errors import ClientError
from orders_tui.widgets.cells import Piece, clip
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

NAME, WORD = 16, 10
NO_PROFILE = "(no profile)"


class ShopsDialog(ListDialog[Opening]):
    """Returns the shop that was chosen, ready to be entered. A `name` is chosen at once, if nothing stands against it."""

    SIZE = "wide"
    LIST = "shops"
    KEYS = (Hint("enter", "go there"), Hint("↑↓", "choose"))

    def __init__(self, work: Context, shops: Shops, name: str = "") -> None:
        super().__init__(work)
        self._shops, self._wanted = shops, name
        self._known = {shop.name: shop for shop in shops.all()}
        self._warned = ""
        self._told = "", Tone.DIM

    def title_pieces(self) -> list[Piece]:
        return [("Shops", "strong"), ("  the profiles of the configuration", Tone.DIM)]

    def lines(self) -> list[Line]:
        lines = [self._line(shop) for shop in self._known.values()]
        if not any(self._known):
            path = self.work.config.path or "the configuration (orders-tui config path)"
            lines.append(Line("none", ((f"no profile is written in {path}", Tone.DIM),), choosable=False))
        return lines

    def _line(self, shop: Shop) -> Line:
        config, ellipsis, glyphs = shop.config, self.work.glyphs.ellipsis, self.work.glyphs
        word = clip(config.environment or "", WORD, ellipsis)
        colour = config.band or ("red" if config.band_color else "")
        left = (
            (f"{glyphs.changed if shop.present else ' '} ", Tone.ACTIVE),
            (f"{clip(shop.name or NO_PROFILE, NAME, ellipsis):<{NAME}} ", "strong" if shop.present else Tone.PLAIN),
            (f"{word:<{WORD}} ", Tone.BAD if word.casefold() in PRODUCTION else Tone.PLAIN),
            (shop.problem or config.server, Tone.WARN if shop.problem else Tone.DIM),
        )
        right = " ".join(part for part in (colour, "read only" if config.read_only else "") if part)
        return Line(f"shop:{shop.name}", left, ((right, Tone.DIM),) if right else ())

    def prepare(self) -> None:
        present = next((shop.name for shop in self._known.values() if shop.present), "")
        self.fill(f"shop:{self._wanted or present}")
        if self._wanted:
            self.call_after_refresh(self._go, self._wanted)

    def result(self) -> None:
        """What is returned comes when the server has answered."""

    def action_choose(self, step: int) -> None:
        super().action_choose(step)
        self._warned = ""
        self._tell("")

    def update(self) -> None:
        """What was said stays until the cursor moves."""
        super().update()
        self.say(*self._told)

    def _tell(self, text: str, tone: Tone = Tone.DIM) -> None:
        self._told = text, tone
        self.update()

    def on_line_list_chosen(self) -> None:
        self.confirm()

    def confirm(self) -> None:
        if self.current:
            self._go(self.current.removeprefix("shop:"))

    def _go(self, name: str) -> None:
        """Asks before something is left behind; the second time is the answer."""
        shop, stake = self._known.get(name), at_stake(self.work)
        if shop is not None and shop.present:
            self._tell("this is the desk that is open")
        elif stake and self._warned != name:
            self._warned = name
            self._tell(f"{stake}; enter again goes there all the same, nothing sent is lost", Tone.WARN)
        else:
            self._tell(f"asking {shop.config.server if shop else name} {self.work.glyphs.ellipsis}", Tone.ACTIVE)
            self.run_worker(self._ask(name), exclusive=True, exit_on_error=False)

    async def _ask(self, name: str) -> None:
        try:
            opening = await self._shops.ready(name)
        except ClientError as error:
            if self.has_widgets:
                self._tell(str(error), Tone.WARN)
            return
        self.dismiss(opening)
