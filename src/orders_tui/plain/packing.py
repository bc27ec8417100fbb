"""The bench from a plain prompt: scans are lines, and a question says what is scanned next."""

from __future__ import annotations

from orders_tui.context.station import Station
from orders_tui.packing.bench import Stage
from orders_tui.packing.folder import ParcelFolder
from orders_tui.packing.lines import PackLine
from orders_tui.packing.parcel import OpenParcel
from orders_tui.packing.words import WORDS
from orders_tui.plain.console import Interrupted, Left
from orders_tui.plain.desk import ANSWER_S, Desk

QUESTIONS = {Stage.SLIP: "slip", Stage.ITEMS: "item", Stage.LABEL: "all are packed; label"}


async def pack(desk: Desk, order: str = "") -> None:
    """Parcels one after the other, until the bench is left; `order` is opened at once."""
    station = Station(desk.session, ParcelFolder(desk.packing), desk.pace.now, desk.moved)
    unsubscribe = desk.session.subscribe(station.session_changed)
    try:
        await _Talk(desk, station).run(order)
    finally:
        unsubscribe()
        station.leave()


class _Talk:
    """One sitting. What was said of a parcel's changes is not said again."""

    def __init__(self, desk: Desk, station: Station) -> None:
        self._desk, self._station, self._bench = desk, station, station.bench
        self._at = ""
        self._told: tuple[str, ...] = ()

    async def run(self, order: str) -> None:
        self._desk.console.say("scan, or type; cancel goes one level back. Words:")
        self._desk.console.say(
            "  -: take back what was counted last", *(f"  {word}: {is_}" for word, is_ in WORDS.items())
        )
        begun = [f"{each.parcel.order_number}, {_of(each.parcel)}" for each in self._station.folder.all()]
        if begun:
            self._desk.console.say("begun and not sent:", *(f"  {each}" for each in begun))
        if order:
            await self._enter(order)
        while await self._turn():
            pass

    async def _turn(self) -> bool:
        """One line; False once the bench was left."""
        self._say_changes()
        try:
            await self._enter(await self._desk.console.ask(self._question()))
        except Interrupted:
            return False
        except Left:
            if not self._station.escape():
                return False
            self._say()
        return True

    async def _enter(self, text: str) -> None:
        parcel, chosen = self._bench.parcel, ""
        if not text and parcel is not None and parcel.changes != self._told:
            return  # what came while the question stood is said before it can be confirmed
        if not text and parcel is not None and self._bench.stage is Stage.ITEMS and not parcel.changes:
            by_hand = [line for line in parcel.lines if not line.barcode and parcel.room(line) > 0]
            if len(by_hand) != 1:
                self._desk.console.say(":hand NAME counts a unit of a line without a barcode", *_lines(parcel))
                return
            chosen = by_hand[0].id
        self._station.enter(text, chosen)
        if not await self._desk.until(lambda: not self._bench.busy, ANSWER_S):
            self._desk.console.say("no answer yet; cancel goes on without it")
        self._say()

    def _question(self) -> str:
        parcel = self._bench.parcel
        if self._bench.alarm:
            return "cancel goes on"
        what = QUESTIONS.get(self._bench.stage, "waiting")
        return f"{parcel.order_number}, {_of(parcel)}, {what}" if parcel is not None else what

    def _say(self) -> None:
        bench, say, parcel = self._bench, self._desk.console.say, self._bench.parcel
        if bench.alarm:
            missed = f"; {bench.missed} came meanwhile and did not count" if bench.missed else ""
            say(f"WRONG: {bench.alarm}{missed}")
        elif bench.said:
            say(bench.said)
        if self._station.unwritten:
            say("counts cannot be written: they are lost when the desk ends")
        if parcel is not None and parcel.order_id != self._at:
            say(*_lines(parcel))
        self._at = parcel.order_id if parcel is not None else ""

    def _say_changes(self) -> None:
        """What has changed of the order since it was last said."""
        parcel = self._bench.parcel
        changes = parcel.changes if parcel is not None else ()
        if parcel is not None and changes and changes != self._told:
            self._desk.console.say(
                f"{parcel.order_number} changed; a blank line confirms it", *(f"  {each}" for each in changes)
            )
        self._told = changes


def _of(parcel: OpenParcel) -> str:
    return f"{parcel.count} of {parcel.total} packed"


def _lines(parcel: OpenParcel) -> list[str]:
    return [f"  {_line(parcel, line)}" for line in parcel.lines]


def _line(parcel: OpenParcel, line: PackLine) -> str:
    said = (
        f"{parcel.packed(line)} of {line.sendable - parcel.short(line)}",
        line.sku,
        line.title,
        line.details,
        f"barcode {line.barcode}" if line.barcode else "no barcode",
        f"{line.held} held" if line.held else "",
    )
    return ", ".join(filter(None, said))
