"""The bench in the world: the session reads slips and sends parcels, counts are kept on disk. For a screen or a prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from orders_tui.actions.fulfill import Parcel
from orders_tui.actions.owed_lines import Part
from orders_tui.actions.pack import DOING, PackDraft
from orders_tui.context.outcome import sentence
from orders_tui.errors import ApiError, Refused
from orders_tui.packing import label
from orders_tui.packing.bench import Bench
from orders_tui.packing.folder import ParcelFolder
from orders_tui.packing.parcel import OpenParcel
from orders_tui.packing.words import Word
from orders_tui.session.changes import ActionChanged, ActionSettled, Change, SlipRead
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.session.protocols import SessionProtocol
from orders_tui.session.slip import Slip
from orders_wire.vocabulary import ErrorCode

OPEN_ELSEWHERE = "is being packed at another terminal of this machine"


class Station:
    """`bench` says how it stands; `changed` is called when it does otherwise than by what was typed. `unwritten`: counts could
    not be written. `customer`: whose parcel is open.
    """

    def __init__(
        self, session: SessionProtocol, folder: ParcelFolder, now: Callable[[], datetime], changed: Callable[[], None]
    ) -> None:
        self._session, self._now, self._changed = session, now, changed
        self.folder = folder
        self.bench = Bench(self)
        self.unwritten = False
        self.customer = ""
        self._at: str | None = None
        self._sending: dict[str, OpenParcel] = {}
        self._done: dict[str, OpenParcel] = {}
        """By the keys of the actions, for as long as the bench is there."""

    def enter(self, text: str, chosen: str = "") -> None:
        """A scan, or a line that was typed."""
        self.bench.enter(text, chosen)
        self._follow()

    def escape(self) -> bool:
        """One level back; False where there is none."""
        went = self.bench.escape()
        self._follow()
        return went

    def leave(self) -> None:
        """The bench is left: what was begun is anybody's."""
        self._session.slips.watch(None)
        self.folder.release()

    # -- what the bench wants

    def keep(self, parcel: OpenParcel) -> None:
        self.unwritten = not self.folder.keep(parcel)

    def drop(self, order_id: str) -> None:
        self.folder.drop(order_id)

    def open(self, code: str) -> None:
        self._session.slips.open(code, lambda slip: self._came(code, slip))

    def send(self, parcel: OpenParcel) -> None:
        if not self._session.connection.acts:
            self._waits(parcel)
            return
        (entry,) = self._session.actions.act(draft_of(parcel))
        self._sending[entry.key] = parcel
        if entry.settled:
            self._settled(entry)

    def undo(self) -> None:
        entry = self._session.actions.undo()
        self.bench.said = f"taking back: {entry.draft.done}" if entry is not None else "there is nothing to take back"

    # -- what comes of it

    def session_changed(self, change: Change) -> None:
        """The session has something new."""
        match change:
            case SlipRead(order_id=order_id, slip=slip, why=why):
                self._read_again(order_id, slip, why)
            case ActionSettled(entry=entry) if entry.key in self._sending:
                self._settled(entry)
            case ActionChanged(entry=entry) if entry.key in self._sending and entry.state is ActionState.UNCONFIRMED:
                self.bench.said = "no answer yet, asked again with the same key; esc goes on with the next slip"
            case ActionChanged(entry=entry) if entry.key in self._done and entry.state is ActionState.UNDONE:
                self._undone(self._done.pop(entry.key))
            case _:
                return
        self._follow()
        self._changed()

    def _came(self, code: str, slip: Slip | ApiError) -> None:
        if self.bench.asked != code:
            return
        if isinstance(slip, Slip):
            self._opened(slip)
        else:
            self._not_read(code, slip)
        self._follow()
        self._changed()

    def _opened(self, slip: Slip) -> None:
        order_id, number = slip.parcel.order_id, slip.parcel.order_number
        begun = self.folder.find(order_id)
        if slip.obstacle and (begun is None or slip.parcel.ended):
            self.folder.drop(order_id)
            self.bench.not_opened(f"{number} is {slip.obstacle}{'; what was counted of it is gone' if begun else ''}")
        elif not self._claim(order_id):
            self.bench.not_opened(f"{number} {OPEN_ELSEWHERE}")
        else:
            self.customer = slip.customer
            parcel = begun.read_again(slip.parcel, _said(slip)) if begun is not None else slip.parcel
            self.bench.opened(parcel, slip.against)

    def _not_read(self, code: str, error: ApiError) -> None:
        """Without the server, a parcel that was begun is as it was left."""
        found = (each.parcel for each in self.folder.all() if label.is_slip(code, each.parcel))
        begun = next(found, None) if not isinstance(error, Refused) else None
        if begun is None:
            none = isinstance(error, Refused) and error.code == ErrorCode.NOT_FOUND
            self.bench.not_opened("" if none else str(error))
        elif not self._claim(begun.order_id):
            self.bench.not_opened(f"{begun.order_number} {OPEN_ELSEWHERE}")
        else:
            self.customer = ""
            self.bench.opened(begun)
            self.bench.said = f"{begun.order_number} as it was left; the order is read again once the server is there"

    def _claim(self, order_id: str) -> bool:
        if self.folder.claim(order_id):
            return True
        if self._at is not None:
            self.folder.claim(self._at)
        return False

    def _read_again(self, order_id: str, slip: Slip | None, why: str) -> None:
        parcel = self.bench.parcel
        if parcel is None or parcel.order_id != order_id:
            return
        if slip is None:
            nothing = tuple(replace(line, owed=0, held=0, sendable=0) for line in parcel.lines)
            self.bench.changed(replace(parcel, lines=nothing, steps=()), (why,))
            return
        self.bench.changed(slip.parcel, _said(slip))
        self.bench.send_waiting()

    def _settled(self, entry: ActionEntry) -> None:
        parcel = self._sending.pop(entry.key)
        title = parcel.order_number
        match entry.state:
            case ActionState.DONE:
                self._done[entry.key] = parcel
                said = sentence(entry, title, self._now(), Word.UNDO, "within")[0]
                self.bench.sent(parcel.order_id, f"{said}{_numbered(parcel.number)}")
            case ActionState.REFUSED:
                self._waits(parcel)
            case _:
                why = entry.failures[0].message if entry.failures else entry.message
                self.bench.not_sent(parcel.order_id, f"{title} not sent: {why.removeprefix(f'{title}: ')}")
                self._session.slips.again()

    def _waits(self, parcel: OpenParcel) -> None:
        down = self._session.connection.state.replace("_", " ")
        sent = "it is sent" if parcel.number else f"nothing was sent; {Word.NO_LABEL} again"
        self.bench.held_back(f"{down}: {sent} when the server is there")

    def _undone(self, parcel: OpenParcel) -> None:
        self.folder.keep(parcel)
        self.bench.said = f"{parcel.order_number} taken back; its counts are kept, its slip opens it again"

    def _follow(self) -> None:
        """Others see which order is here; its changes are heard of; no other terminal has it."""
        parcel = self.bench.parcel
        order_id = parcel.order_id if parcel is not None else None
        if order_id == self._at:
            return
        self._at = order_id
        self._session.slips.watch(order_id)
        self._session.be_at(order_id, DOING if order_id is not None else None)
        if order_id is None:
            self.customer = ""
            self.folder.release()


def draft_of(parcel: OpenParcel) -> PackDraft:
    """What is sent of a parcel: its units, its number, and how it was counted."""
    order_id, number = parcel.order_id, parcel.number
    return PackDraft(
        (order_id,),
        {order_id: Parcel(number, label.carrier(number))} if number else {},
        {order_id: Part(parcel.units, parcel.left)},
        versions={order_id: parcel.version},
        scanned=parcel.scanned,
        by_hand=parcel.by_hand,
    )


def _numbered(number: str) -> str:
    """The number that it went with, and whose that looks like."""
    return f"; label {' '.join(filter(None, (label.carrier(number), number)))}" if number else ""


def _said(slip: Slip) -> tuple[str, ...]:
    why = slip.obstacle or slip.against
    return (f"{slip.parcel.order_number} is {why}",) if why else ()
