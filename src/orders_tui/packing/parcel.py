"""One order's parcel while it is packed: its lines, and every unit that was counted, in the order of counting. Pure.

Invariant: no more units of a line are counted than can be sent of it, less those left owed, unless the order was changed since;
then the parcel is not complete before that was confirmed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from orders_tui.packing.codes import named
from orders_tui.packing.differences import differences
from orders_tui.packing.lines import How, NotCounted, PackLine, Step, kept_back


@dataclass(frozen=True)
class OpenParcel:
    """`version`: the order's, as of which its lines are known. `changes`: what has changed since that was last confirmed, and
    `seen` the lines as they were then. `number`: a label that was scanned and could not be sent yet.
    """

    order_id: str
    order_number: str
    version: int
    lines: tuple[PackLine, ...]
    steps: tuple[Step, ...] = ()
    changes: tuple[str, ...] = ()
    seen: tuple[PackLine, ...] = ()
    number: str = ""

    # -- what is counted

    @cached_property
    def _tally(self) -> Counter[tuple[str, How]]:
        return Counter((step.line_id, step.how) for step in self.steps)

    def packed(self, line: PackLine) -> int:
        """Units of a line that are in the parcel."""
        tally = self._tally
        return tally[line.id, How.SCANNED] + tally[line.id, How.BY_HAND]

    def short(self, line: PackLine) -> int:
        """Units of a line that are left owed."""
        return self._tally[line.id, How.SHORT]

    def room(self, line: PackLine) -> int:
        """Units of a line that are still to be packed; below 0: so many are to be taken out."""
        return line.sendable - self.packed(line) - self.short(line)

    @property
    def total(self) -> int:
        """Units that are to be in the parcel."""
        return sum(max(0, line.sendable - self.short(line)) for line in self.lines)

    @property
    def count(self) -> int:
        """Units that are in the parcel."""
        return sum(self.packed(line) for line in self.lines)

    @property
    def scanned(self) -> int:
        """Units that were scanned."""
        return sum(step.how is How.SCANNED for step in self.steps)

    @property
    def by_hand(self) -> int:
        """Units that were counted by hand."""
        return sum(step.how is How.BY_HAND for step in self.steps)

    @property
    def left(self) -> int:
        """Units that stay owed when this is sent."""
        return sum(line.owed for line in self.lines) - self.count

    @property
    def units(self) -> tuple[tuple[str, int], ...]:
        """What is in the parcel: ids of lines, and quantities."""
        return tuple((line.id, packed) for line in self.lines if (packed := self.packed(line)))

    @property
    def complete(self) -> bool:
        """Whether exactly what is to be in the parcel is in it, and something is."""
        return self.count > 0 and all(self.room(line) == 0 for line in self.lines)

    @property
    def begun(self) -> bool:
        """Whether something of it was counted."""
        return bool(self.steps)

    @property
    def packable(self) -> bool:
        """Whether the order has anything that may be packed."""
        return any(line.sendable for line in self.lines)

    @property
    def ended(self) -> bool:
        """Whether the order owes nothing any more: it was sent or cancelled elsewhere."""
        return not any(line.owed for line in self.lines)

    def by_hand_alone(self, line_id: str | None) -> bool:
        """Whether a line misses something that no scanner can count."""
        return any(line.id == line_id and not line.barcode and self.room(line) > 0 for line in self.lines)

    # -- counting

    def scan(self, code: str) -> OpenParcel:
        """With the unit that a scan means: of lines with one code, the first that has room. Raises NotCounted."""
        lines = named(code, self.lines)
        if not lines:
            raise NotCounted(f"{code} is not in {self.order_number}: take it away")
        return self._with(self._with_room(code, lines), How.SCANNED)

    def count_by_hand(self, line_id: str) -> OpenParcel:
        """With a unit of a line that has no barcode. Raises NotCounted."""
        line = self._line(line_id)
        if line.barcode:
            raise NotCounted(f"{line.name} has a barcode: scan it, or type {line.barcode}")
        return self._with(self._with_room(line.name, [line]), How.BY_HAND)

    def shorten(self, line_id: str) -> OpenParcel:
        """With a unit of a line left owed. Raises NotCounted."""
        line = self._line(line_id)
        if self.room(line) <= 0:
            packed, short = self.packed(line), self.short(line)
            raise NotCounted(f"nothing of {line.name} is missing: {packed} packed, {short} left owed; - takes one back")
        return self._with(line, How.SHORT)

    def find(self, text: str, how: str) -> str:
        """The id of the line that was named by SKU, barcode, id or title; of several, the first that misses something. Raises
        NotCounted, with `how` as what could not be done.
        """
        folded = text.casefold()
        lines = named(text, self.lines) or [
            line for line in self.lines if folded in (line.title.casefold(), line.id, line.id.rpartition("/")[2])
        ]
        if not lines:
            names = ", ".join(dict.fromkeys(line.name for line in self.lines if line.sendable))
            raise NotCounted(f"{how} {text}: {self.order_number} has no such line; it has {names or 'none to pack'}")
        return next((line.id for line in lines if self.room(line) > 0), lines[0].id)

    def take_back(self, text: str = "") -> tuple[OpenParcel, Step]:
        """Without the unit that was counted last, and that unit; with `text` the last of the line so named. Raises NotCounted."""
        if not self.steps:
            raise NotCounted("nothing is packed yet: there is nothing to take back")
        wanted = {line.id for line in named(text, self.lines)} or {self.find(text, "-")} if text else None
        at = next(
            (at for at in range(len(self.steps) - 1, -1, -1) if wanted is None or self.steps[at].line_id in wanted),
            None,
        )
        if at is None:
            raise NotCounted(f"nothing of {text} is packed: there is nothing to take back")
        return replace(self, steps=self.steps[:at] + self.steps[at + 1 :]), self.steps[at]

    def started_over(self) -> OpenParcel:
        """With nothing counted."""
        return replace(self, steps=())

    def labelled(self, number: str) -> OpenParcel:
        """With this label on it; empty: without."""
        return replace(self, number=number)

    def name_of(self, step: Step) -> str:
        """What the line of a counted unit is called."""
        return self._line(step.line_id).name

    def _with(self, line: PackLine, how: How) -> OpenParcel:
        return replace(self, steps=(*self.steps, Step(line.id, how)))

    def _with_room(self, code: str, lines: Sequence[PackLine]) -> PackLine:
        line = next((line for line in lines if self.room(line) > 0), None)
        if line is not None:
            return line
        name = lines[0].name if code == lines[0].name else f"{code} ({lines[0].name})"
        packed, short = sum(map(self.packed, lines)), sum(map(self.short, lines))
        why = kept_back(lines)
        if not packed and not short:
            raise NotCounted(f"{name} is not to be packed: {why or 'nothing of it is owed'}; take it away")
        full = " and ".join(filter(None, (f"{packed} packed" if packed else "", f"{short} left owed" if short else "")))
        rest = f" ({why})" if why else ""
        raise NotCounted(f"one {name} too many: {full}, and no more to pack{rest}; take it away")

    def _line(self, line_id: str) -> PackLine:
        line = next((line for line in self.lines if line.id == line_id), None)
        if line is None:
            raise NotCounted("no line is chosen: up and down choose one")
        return line

    # -- when the order changed

    def read_again(self, now: OpenParcel, also: Sequence[str] = ()) -> OpenParcel:
        """With the lines as they are now: counts are kept as far as their lines still exist. How these are other than those that
        were confirmed is in `changes` until it is confirmed; `also`: what else is to be said of the order.
        """
        if now.version == self.version and now.lines == self.lines:
            return replace(self, lines=now.lines)
        seen = self.seen or self.lines
        said = (*also, *differences(dict(self.units), seen, now.lines)) or ("what is to be packed is as it was",)
        lines = {line.id for line in now.lines}
        steps = tuple(step for step in self.steps if step.line_id in lines)
        return replace(now, steps=steps, changes=said, seen=seen, number=self.number)

    def confirm(self) -> OpenParcel:
        """What changed was read, and what had to be taken out is out. Raises NotCounted where nothing can be packed any more."""
        if not self.packable:
            raise NotCounted(f"nothing of {self.order_number} can be packed now; esc puts it aside")
        steps, left = [], {line.id: line.sendable for line in self.lines}
        for step in self.steps:
            left[step.line_id] -= 1
            if left[step.line_id] >= 0:
                steps.append(step)
        return replace(self, steps=tuple(steps), changes=(), seen=())
