"""The bench: what is scanned and typed, one text after another, becomes a slip, items, a label. Pure: what is to be done is
done by its `World`, which says how that went.

Invariants: every text is counted, refused or waiting, once; nothing counts while an alarm stands; a parcel is sent only when
exactly what is to be in it was counted, and what changed meanwhile was confirmed.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from orders_tui.packing import label
from orders_tui.packing.codes import named
from orders_tui.packing.lines import How, NotCounted
from orders_tui.packing.parcel import OpenParcel
from orders_tui.packing.words import Word
from orders_tui.packing.world import World
from orders_tui.sanitise import text as safe
from orders_tui.sanitise import trimmed
from orders_wire.spelling import none_of

HELP = "?"
LONGEST_SCAN = 300
"""Characters; longer is no code."""


class Stage(StrEnum):
    """What is scanned next. While it opens or sends, texts wait."""

    SLIP = "slip"
    OPENING = "opening"
    ITEMS = "items"
    LABEL = "label"
    SENDING = "sending"


class Bench:
    """`alarm`: what went wrong, until `escape`; `missed`: so many scans came meanwhile. `said`: what was done last. `bells`: how
    often it has rung.
    """

    def __init__(self, world: World, *, slips: bool = True) -> None:
        """`slips`: whether another order can be opened while nothing of this one is counted."""
        self._world, self._slips = world, slips
        self._sending = False
        self._used: dict[str, str] = {}
        """Labels of this sitting, and the orders that they went with."""
        self.asked = ""
        """The slip that is being opened."""
        self.parcel: OpenParcel | None = None
        self.waiting: deque[str] = deque()
        self.alarm = ""
        self.missed = 0
        self.said = ""
        self.bells = 0

    @property
    def stage(self) -> Stage:
        """What is scanned next."""
        if self.asked:
            return Stage.OPENING
        if self.parcel is None:
            return Stage.SLIP
        if self._sending:
            return Stage.SENDING
        return Stage.LABEL if self.parcel.complete else Stage.ITEMS

    @property
    def busy(self) -> bool:
        """Whether the world has something to do first."""
        return bool(self.asked) or self._sending

    # -- what people do

    def enter(self, typed: str, chosen: str = "") -> None:
        """A scan, or a line that was typed; `chosen` is the line under the cursor, for what is about that."""
        text = trimmed(safe(typed))
        if self.busy:
            if text:
                self.waiting.append(text)
        elif self.alarm:
            self._missed(text)
        else:
            self._take(text, chosen)

    def refuse(self, why: str) -> None:
        """Something came that cannot be taken here."""
        if self.alarm:
            self._missed(why)
        else:
            self._ring(why)

    def escape(self) -> bool:
        """One level back: the alarm, then the parcel, which is put aside with its counts. False where nothing is open."""
        if self.alarm:
            self.alarm, self.missed = "", 0
        elif self.asked:
            self.asked, self.said = "", "not opened"
            self._forget_waiting()
        elif self.parcel is not None:
            self._put_aside(self.parcel)
        else:
            return False
        return True

    # -- what the world says

    def opened(self, parcel: OpenParcel, against: str = "") -> None:
        """The slip's order, with what was counted of it before. `against`: why it should wait."""
        self.asked, self.parcel = "", parcel
        self.said = f"{parcel.order_number}: {parcel.count} packed before" if parcel.begun else ""
        self._keep_if_begun(parcel)
        if against:
            self._ring(f"{parcel.order_number} is not ready: {against}")
        self._go_on()

    def not_opened(self, why: str) -> None:
        """The slip opens nothing; without a reason: it is none."""
        asked, self.asked = self.asked, ""
        if self.parcel is None:
            self._ring(why or f"there is no order {asked}: scan a slip")
        else:
            as_a_slip = f"; as a slip: {why}" if why else ", and is no slip: take it away"
            self._ring(f"{asked} is not in {self.parcel.order_number}{as_a_slip}")
        self._go_on()

    def sent(self, order_id: str, said: str) -> None:
        """It was done: the next slip."""
        self._world.drop(order_id)
        if self.parcel is not None and self.parcel.order_id == order_id:
            self._used[self.parcel.number] = self.parcel.order_number
            self.parcel, self._sending, self.said = None, False, said
            self._go_on()

    def not_sent(self, order_id: str, why: str) -> None:
        """It was refused: the parcel stays as it is, and its label can be scanned again."""
        if self.parcel is not None and self.parcel.order_id == order_id:
            self._sending, self.parcel = False, self.parcel.labelled("")
        self._ring(why)
        self._go_on()

    def held_back(self, why: str) -> None:
        """It cannot be sent now: the label waits with its parcel."""
        self._sending, self.said = False, why
        self._go_on()

    def changed(self, now: OpenParcel, also: tuple[str, ...] = ()) -> None:
        """The open order was read again. What changes while it is sent is our own doing, or the server refuses."""
        parcel = self.parcel
        if parcel is None or parcel.order_id != now.order_id or self._sending:
            return
        if parcel.begun:
            self.parcel = parcel.read_again(now, also)
            self._world.keep(self.parcel)
            self.bells += self.parcel.changes != parcel.changes
        elif now.packable:
            self.parcel = now
            self.said = f"{now.order_number} changed" if now.lines != parcel.lines else self.said
        else:
            self.parcel = None
            self._ring("; ".join(also) or f"nothing of {now.order_number} can be packed now")

    def send_waiting(self) -> None:
        """The server is there again: a label that waits goes, unless the order changed meanwhile."""
        parcel = self.parcel
        if parcel is not None and parcel.number and not (self.busy or self.alarm or parcel.changes) and parcel.complete:
            self._send(parcel, parcel.number)

    # -- one text

    def _take(self, text: str, chosen: str) -> None:
        self.said = ""
        try:
            if len(text) > LONGEST_SCAN:
                raise NotCounted(f"{len(text)} characters are no code: it has at most {LONGEST_SCAN}")
            if text == HELP:
                self.said = f"typed, with Enter: -, {', '.join(Word)}"
            else:
                self._do(text, chosen)
        except NotCounted as problem:
            self._ring(str(problem))

    def _do(self, text: str, chosen: str) -> None:
        parcel = self.parcel
        if text.startswith(":"):
            self._word(text, chosen)
        elif parcel is None:
            if text:
                self._open(text)
        elif text == "-" or (text.startswith("-") and not named(text, parcel.lines)):
            self._take_back(parcel, trimmed(text[1:]))
        elif not text:
            self._blank(parcel, chosen)
        elif parcel.number:
            raise NotCounted(f"label {parcel.number} waits to be sent; - takes it off, esc puts the parcel aside")
        elif parcel.complete:
            self._label(parcel, text)
        elif label.is_slip(text, parcel) and not named(text, parcel.lines):
            self.said = f"{parcel.order_number} is open: scan its items"
        elif self._slips and not parcel.steps and not named(text, parcel.lines):
            self._open(text)
        else:
            self._count(parcel.scan(text))

    def _blank(self, parcel: OpenParcel, chosen: str) -> None:
        """Enter alone."""
        if parcel.changes:
            self._put(parcel.confirm())
            self.said = "confirmed"
        elif parcel.complete:
            self.said = "scan the label"
        else:
            self._count(parcel.count_by_hand(chosen))

    def _count(self, parcel: OpenParcel) -> None:
        self._put(parcel)
        step = parcel.steps[-1]
        by_hand = ", by hand" if step.how is How.BY_HAND else ""
        self.said = f"{parcel.name_of(step)}{by_hand}"

    def _take_back(self, parcel: OpenParcel, text: str) -> None:
        if parcel.number and not text:
            self.parcel, self.said = parcel.labelled(""), f"label {parcel.number} taken off"
            return
        fewer, step = parcel.take_back(text)
        self._put(fewer)
        owed = "is to be packed again" if step.how is How.SHORT else "taken back"
        self.said = f"{parcel.name_of(step)} {owed}"

    def _label(self, parcel: OpenParcel, number: str, *, typed: bool = False) -> None:
        if parcel.changes:
            raise NotCounted(
                f"{parcel.order_number} changed: read what is different, enter confirms it, then the label"
            )
        if why := label.fault(number, parcel, self._used, typed=typed):
            raise NotCounted(why)
        self._send(parcel, number)

    def _word(self, text: str, chosen: str) -> None:
        word, _, rest = text.partition(" ")
        rest = trimmed(rest)
        if word not in list(Word):
            raise NotCounted(none_of(word, list(Word)))
        if word == Word.UNDO:
            self._world.undo()
        elif self.parcel is None:
            raise NotCounted(f"{word} is for an open order: scan a slip first")
        else:
            self._word_on(self.parcel, Word(word), rest, chosen)

    def _word_on(self, parcel: OpenParcel, word: Word, rest: str, chosen: str) -> None:
        match word:
            case Word.SHORT:
                line_id = parcel.find(rest, ":short") if rest else chosen
                self._put(parcel.shorten(line_id))
                self.said = f"{self._name_of_last()} left owed"
            case Word.HAND:
                self._count(parcel.count_by_hand(parcel.find(rest, ":hand") if rest else chosen))
            case Word.START_OVER:
                self._put(parcel.started_over())
                self.said = "counted from the beginning"
            case _:
                self._send_as_told(parcel, word, rest)

    def _send_as_told(self, parcel: OpenParcel, word: Word, number: str) -> None:
        if not parcel.complete:
            raise NotCounted(f"{parcel.count} of {parcel.total} are packed: the label comes when all are")
        if word is Word.LABEL and not number:
            raise NotCounted("which number? type :label NUMBER")
        if word is Word.LABEL:
            self._label(parcel, number, typed=True)
        elif parcel.changes:
            self._label(parcel, "")
        else:
            self._send(parcel, "")

    def _name_of_last(self) -> str:
        return self.parcel.name_of(self.parcel.steps[-1]) if self.parcel is not None else ""

    # -- what comes of it

    def _open(self, code: str) -> None:
        self.asked = code
        self._world.open(code)

    def _send(self, parcel: OpenParcel, number: str) -> None:
        self._sending, self.parcel = True, parcel.labelled(number)
        self._world.send(self.parcel)

    def _put(self, parcel: OpenParcel) -> None:
        """It stands so now, on disk first."""
        if parcel.begun:
            self._world.keep(parcel)
        else:
            self._world.drop(parcel.order_id)
        self.parcel = parcel

    def _keep_if_begun(self, parcel: OpenParcel) -> None:
        if parcel.begun:
            self._world.keep(parcel)

    def _put_aside(self, parcel: OpenParcel) -> None:
        self.parcel, self._sending = None, False
        self._forget_waiting()
        if parcel.ended:
            self._world.drop(parcel.order_id)
            self.said = f"{parcel.order_number} owes nothing any more; its counts are gone"
        elif parcel.begun:
            self.said = f"{parcel.order_number} put aside with {parcel.count} packed; its slip opens it again"

    def _forget_waiting(self) -> None:
        if self.waiting:
            self.said = f"{self.said}; {_scans(len(self.waiting))} not counted".removeprefix("; ")
            self.waiting.clear()

    def _ring(self, why: str) -> None:
        self.alarm, self.missed = why, 0
        self.bells += 1

    def _missed(self, text: str) -> None:
        self.missed += bool(text)
        self.bells += 1

    def _go_on(self) -> None:
        """Takes what waited, until the world has something to do again."""
        while self.waiting and not self.busy:
            self.enter(self.waiting.popleft())


def _scans(count: int) -> str:
    return "1 scan was" if count == 1 else f"{count} scans were"
