"""`:address`: corrects the shipping address of one order. After Shopify refused one, it opens with what was typed, and with what
Shopify said against it beside each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui.actions.address import FIELDS, AddressDraft, fault
from orders_tui.actions.sending import goes
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.field import RemarkedField, TextLine
from orders_tui.session.changes import Change, DetailChanged
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.switch import Switch
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_ADDRESS_TEXT
from orders_wire.vocabulary import ActionName, HoldReason, OutboundState

if TYPE_CHECKING:
    from orders_wire.detail import OrderDetail, OutboxEntry

NAMES = {"province_code": "province", "country_code": "country"}
"""Where the detail has the name beside the code."""


class AddressDialog(ActionDialog[AddressDraft]):
    """Returns the draft. The fields are filled in once the order is known whole."""

    SIZE = "wide"
    BINDINGS = hidden_bindings({"ctrl+t": "release"})

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        self._release = True
        self._filled = False

    def body(self) -> ComposeResult:
        for name, label in FIELDS.items():
            hint = "two letters, as DE" if name == "country_code" else ""
            yield RemarkedField(label, hint=hint, id=name, max_length=LONGEST_ADDRESS_TEXT)
        yield self.switch("release", "ctrl+t")
        yield Static(id="consequence")

    def prepare(self) -> None:
        self._fill()

    def title_pieces(self) -> list[Piece]:
        only = self.target.only
        who = f"  {only.customer_name or ''}" if only is not None else ""
        return [(f"Ship {self.target.title} to", "strong"), (who, Tone.PLAIN)]

    def keys(self) -> list[Hint]:
        hold = [Hint("ctrl+t", "hold")] if self._held else []
        return [Hint(self.confirm_key, "correct", able=not self.problem()), Hint("tab", "next field"), *hold]

    @property
    def _detail(self) -> OrderDetail | None:
        return self.work.session.table.detail(self.target.ids[0])

    @property
    def _held(self) -> bool:
        """Whether a hold of ours waits for the address."""
        holds = self._detail.holds if self._detail is not None else ()
        return any(hold.ours and hold.reason is HoldReason.ADDRESS for hold in holds)

    @property
    def _refused(self) -> OutboxEntry | None:
        """The newest address that left, if Shopify did not take it."""
        entries = self._detail.outbox if self._detail is not None else ()
        newest = next((entry for entry in entries if entry.kind == ActionName.ADDRESS), None)
        return newest if newest is not None and newest.state is OutboundState.DEAD else None

    @property
    def _address(self) -> dict[str, str | None]:
        typed = {name: self.query_one(f"#field-{name}", RemarkedField).value or None for name in FIELDS}
        return {**typed, "country_code": (typed["country_code"] or "").upper() or None}

    def _present(self) -> Mapping[str, str | None]:
        there = self._detail.shipping_address if self._detail is not None else None
        return {name: getattr(there, name, None) for name in FIELDS}

    def hindrance(self) -> str:
        order = self.bound[0] if self.bound else None
        if order is not None and (obstacle := AddressDraft(self.target.ids).obstacle(order)):
            return f"{order.order_number} is {obstacle}: its address stays"
        problem = self.work.session.table.detail_problem(self.target.ids[0])
        return "" if self._filled else f"the address could not be read: {problem}" if problem else "reading the address"

    def problem(self) -> str:
        if hindrance := self.hindrance():
            return hindrance
        return fault(self._address) or self._same()

    def _same(self) -> str:
        same = self._address == self._present() and not (self._held and self._release)
        return "this is its address already" if same else ""

    def result(self) -> AddressDraft:
        ids = self.target.ids
        return AddressDraft(ids, self._address, self._held and self._release, versions=self.versions(ids))

    def keep_draft(self) -> None:
        if self.touched and self._filled and any(self._address.values()):
            self.work.session.drafts.keep(self.result())

    def session_changed(self, change: Change) -> None:
        super().session_changed(change)
        if isinstance(change, DetailChanged):
            self._fill()
            self.update()

    def _fill(self) -> None:
        """What was typed and not taken, else the present address; what was typed meanwhile stays."""
        if self._filled or self._detail is None:
            return
        self._filled = True
        start = self._kept() or self._typed_before() or self._present()
        for name, value in start.items():
            if not self.query_one(f"#{name}", TextLine).value:
                self.prefill(name, value or "")
        self._remark()

    def _kept(self) -> Mapping[str, str | None] | None:
        kept = self.kept(AddressDraft)
        return None if kept is None else kept.address

    def _typed_before(self) -> Mapping[str, str | None] | None:
        """What Shopify refused, if it was typed here."""
        refused = self._refused
        entries = reversed(self.work.session.actions.log) if refused is not None else ()
        drafts = (entry.draft for entry in entries if entry.action_id == refused.action_id) if refused else ()
        return next((draft.address for draft in drafts if isinstance(draft, AddressDraft)), None)

    def _remark(self) -> None:
        """Beside each field what Shopify said against it, else the name of its code."""
        refused, there = self._refused, self._detail.shipping_address if self._detail is not None else None
        here = refused is not None and self._typed_before() is not None
        said = {error.field: error.message for error in refused.errors} if refused is not None and here else {}
        for name in FIELDS:
            field = self.query_one(f"#field-{name}", RemarkedField)
            named = getattr(there, NAMES[name], None) if name in NAMES else None
            code = getattr(there, name, None)
            if name in said:
                field.remark(said[name], Tone.WARN)
            else:
                field.remark(named if named and code and code == field.value.upper() else "", Tone.DIM)

    def edited(self) -> None:
        self._remark()

    def update(self) -> None:
        super().update()
        held = self.query_one("#release", Switch)
        held.display = self._held
        held.show("our address hold ends once Shopify has taken it", on=self._release)
        self.show_words("consequence", *self._consequence())

    def on_descendant_focus(self) -> None:
        """What was said against the field is said whole while one is in it."""
        self.update()

    def _consequence(self) -> tuple[str, Tone]:
        refused = self._refused
        if refused is not None and not self.touched:
            return self._refusal(refused), Tone.WARN
        if self.problem():
            return "nothing is sent yet", Tone.DIM
        return goes(1, self.work.session.me, self.work.key("action.undo"), alone=True), Tone.DIM

    def _refusal(self, refused: OutboxEntry) -> str:
        """Shopify's words: what was said against the field with the focus, or against none; of what was typed elsewhere, all."""
        if self._typed_before() is None:
            return f"Shopify did not take an address that was not typed here: {refused.last_error or ''}"
        focus = self.focused.id if self.focused is not None else None
        said = {error.field: error.message for error in reversed(refused.errors)}
        why = said.get(focus) or said.get(None) or ("" if said else refused.last_error)
        return f"Shopify did not take what was typed here{f': {why}' if why else ''}"

    def action_choose(self, step: int) -> None:
        """Up and down go from field to field."""
        if step > 0:
            self.focus_next("TextLine")
        else:
            self.focus_previous("TextLine")

    def action_release(self) -> None:
        """Our hold ends with it, or stays."""
        if self._held:
            self._release = not self._release
            self.touched = True
            self.update()


DIALOG = AddressDialog
