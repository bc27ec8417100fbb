"""Pick lists and slips from a plain prompt: of the marked orders, of the one that is open, or of all that is listed."""

from __future__ import annotations

from orders_tui.context.target import Target
from orders_tui.picking import reading
from orders_tui.picking.choices import SUFFIXES_SAID, By, To
from orders_tui.picking.handing_out import Outlets
from orders_tui.picking.pick import Pick
from orders_tui.picking.reading import Which
from orders_tui.picking.sentences import contents, remarks
from orders_tui.picking.sheet import Sheet
from orders_tui.picking.taking import SAID, may_take, taking
from orders_tui.plain.acting import Acting
from orders_tui.plain.desk import Desk
from orders_tui.programs.prints import Prints


class Picking:
    """Does the command `take.pick`."""

    def __init__(self, desk: Desk, acting: Acting, prints: Prints) -> None:
        self._desk, self._acting = desk, acting
        self._outlets = Outlets(prints, desk.config.print_command)

    async def pick(self) -> None:
        """Says what can be sent, asks where it is to go, and hands it out. Raises Left, ClientError."""
        desk = self._desk
        target = desk.target()
        pick = await reading.of(desk.session, await self._which(target), target.ids, target.orders)
        desk.console.say(contents(pick))
        if rest := remarks(pick):
            desk.console.say(rest)
        if not pick.orders:
            desk.console.say("nothing of this can be sent now")
            return
        lists = ((By.SKU, "a pick list, each SKU once"), (By.ORDER, "slips, a page for each order"))
        by = await desk.console.choose("as what", lists, default=1)
        shop = desk.me.shop if desk.me is not None else ""
        sheet = Sheet(pick, by, shop, desk.pace.now(), desk.zone_name, desk.name)
        desk.console.say(await self._hand_out(sheet))
        await self._take(pick)

    async def _which(self, target: Target) -> Which:
        listed = f"all {self._desk.session.table.view.span.total} that are listed"
        words = {
            Which.TARGET: target.title,
            Which.TOGETHER: f"{target.title}, and what ships together",
            Which.VIEW: listed,
        }
        offered = [(which, words[which]) for which in (*reading.offered(target.ids, target.orders), Which.VIEW)]
        return (
            offered[0][0]
            if len(offered) == 1
            else await self._desk.console.choose("of which orders", offered, default=1)
        )

    async def _hand_out(self, sheet: Sheet) -> str:
        outlets = self._outlets
        to = await self._desk.console.choose("where to", [(to, f"{to}: {outlets.about(to)}") for to in outlets.all])
        file = await self._desk.console.ask(f"the file, ends in {SUFFIXES_SAID}") if to is To.FILE else ""
        return await outlets.hand_out(sheet, to, file)

    async def _take(self, pick: Pick) -> None:
        """Whose they are is asked where that can be changed."""
        desk, draft = self._desk, taking(pick, self._desk.name)
        if draft is None or not may_take(desk.role, read_only=desk.config.read_only):
            return
        if await desk.console.yes(f"{SAID} ({len(draft.order_ids)})?"):
            await self._acting.send(draft)
