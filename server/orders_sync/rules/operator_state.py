"""What operators decided about one order: stored beside the evidence, never mixed with it, and undone by removing it.

Written only by actions and undo (contract §3, "Owner": no webhook changes an owner); read by `rules.derive`.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orders_sync.evidence.entities import AddressPart
from orders_sync.instants import Ms
from orders_wire.vocabulary import HoldReason, HoldThen, ReturnState


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Entry(_Part):
    """A timeline entry of ours: contract §1, Timeline. `ts` in milliseconds, whole seconds."""

    ts: Ms
    event: str
    details: str = ""


class Escalation(_Part):
    """A request for support. Its alert ends when somebody other than `assistant` takes the order."""

    action_id: str
    at: Ms
    by: str
    note: str | None = None


class UnitsOfLine(_Part):
    """So many units of a line item, by its id."""

    id: int
    quantity: int


class Tracking(_Part):
    """A parcel's number, its carrier, and the page that follows it."""

    number: str | None = None
    carrier: str | None = None
    url: str | None = None


def parcel_id(action_id: str) -> int:
    """The id of the parcel of ours that an action made, among those of its order: negative, so that it is none of Shopify's."""
    return -1 - int.from_bytes(blake2b(action_id.encode(), digest_size=6).digest())


def own_gid(action_id: str) -> str:
    """The id on the wire of the parcel of ours that an action made."""
    return f"acknowledgement/{action_id}"


class Acknowledgement(Tracking):
    """A parcel of ours until Shopify makes one of it: what it then replaces is in `rules.acknowledgements`.

    `known`: the fulfilments that were there before it. `lines`: what it is for; None, as landed releases stored it: all that the
    shop owes. `whole`: it was all that was owed. `answered`: the fulfilments that its own write made, the one with the number
    first. `numbered_by`: the action whose row brings its number alone, not the fulfilment's; `before` as of `GivenNumber`.
    """

    action_id: str
    at: Ms
    known: tuple[int, ...] = ()
    lines: tuple[UnitsOfLine, ...] | None = None
    whole: bool = True
    answered: tuple[int, ...] = ()
    numbered_by: str | None = None
    before: tuple[Tracking, ...] = ()

    @property
    def parcel_id(self) -> int:
        return parcel_id(self.action_id)


class GivenNumber(Tracking):
    """A tracking number that an operator gave to a parcel of Shopify's; stands until Shopify gives it another than `before`.

    `action_id`: whose row brings it. `before`: what Shopify had for the parcel then, or was about to have; newest last.
    """

    action_id: str
    number: str
    before: tuple[Tracking, ...] = ()


class ReturnMove(_Part):
    """The state an operator moved a return to. Shopify's and the ERP's evidence may carry it further, never back.

    `before`: the move that it replaced, which stands again when Shopify does not do what this one showed.
    """

    action_id: str
    at: Ms
    state: ReturnState
    before: ReturnMove | None = None


class Approval(_Part):
    """A customer's request for a return that an operator accepted; Shopify shows the return as open once it has it."""

    action_id: str
    at: Ms


class TagChange(_Part):
    """Tags that an operator added and removed; shown on top of the shop's until Shopify has taken them."""

    at: Ms
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class AddressChange(_Part):
    """A shipping address that an operator gave; shown until Shopify has taken it. None: it was erased."""

    at: Ms
    address: AddressPart | None


class OwnHold(_Part):
    """What every hold of ours has. `until`: when `then` happens, None: never (contract §3a, `hold`)."""

    action_id: str
    at: Ms
    by: str
    note: str | None = None
    until: Ms | None = None
    then: HoldThen = HoldThen.REMIND

    @property
    def without_note(self) -> Self:
        return self.model_copy(update={"note": None})


class InventoryHold(OwnHold):
    """An inventory escalation: the order is held for a SKU until it ends: contract §3, inventory."""


class DeskHold(OwnHold):
    """An operator's hold: contract §3a. `lines`: what it holds; None: all that is owed."""

    reason: HoldReason
    lines: tuple[UnitsOfLine, ...] | None = None


class Release(_Part):
    """A hold that was released here: Shopify's holds of that name are not shown any more, until it says so itself.

    `hold`, or `escalation` for `sku`: what stood here, which is shown again when the release is not done; `over`: not that, since
    there was nothing left of it to hold.
    """

    action_id: str | None = None
    at: Ms
    hold: DeskHold | None = None
    escalation: InventoryHold | None = None
    sku: str | None = None
    over: bool = False

    @property
    def without_notes(self) -> Release:
        hold, escalation = (None if each is None else each.without_note for each in (self.hold, self.escalation))
        return self.model_copy(update={"hold": hold, "escalation": escalation})


class Note(_Part):
    """A note of the desk's own: contract §3a, `note`. `text` None: it was erased. `mentions`: the known people named in it."""

    action_id: str
    at: Ms
    by: str
    text: str | None
    mentions: tuple[str, ...] = ()
    edited_at: Ms | None = None


class Cancelling(_Part):
    """A cancellation that was ordered: shown until Shopify cancels the order, or its row is dead (contract §3a, Cancel).

    `sends_at` None: its row waits for Shopify writes to be switched on.
    """

    action_id: str
    at: Ms
    by: str
    sends_at: Ms | None = None


class FailedWrite(_Part):
    """A write of ours that does not arrive unless somebody acts: the cause of `integration_failed` (contract §2).

    `at` distinguishes a failure from an earlier one of the same row. `while_owed`: a fulfilment that was discarded, which matters
    only as long as something is owed. `of`: the parcel that lacks the number, or the return; `discarded`: it matters only as
    long as that parcel does, or that return goes on. `reason`: as the receiver gave it. `lines`: what a fulfilment was for, None
    where that is not known; `before`: the number that another was to replace.
    """

    target: str
    kind: str
    at: Ms
    while_owed: bool = False
    discarded: bool = False
    of: int | None = None
    reason: str | None = None
    lines: tuple[UnitsOfLine, ...] | None = None
    before: str | None = None


class OperatorState(_Part):
    """All decisions on one order. `owner_action`: the action that set `assigned_to`; `failed`: writes by outbox row;
    `acknowledgements`: oldest first, also those that Shopify replaced.

    `cleared_delays`: fulfilment id → the carrier update whose delay was acknowledged; `cleared_numbers`: parcels (fulfilment ids)
    whose missing number an operator's fulfil acknowledged. `approvals`: of customers' requests, by return. `holds`: escalations
    by SKU; `desk_holds`: by the action that placed them; `released`: by the handle of a hold of ours, else by Shopify's number of
    it. `tag_changes`, `addresses`: by action, until Shopify has taken them. `notes`: by their id. `entries`: timeline entries
    by key. Decisions that only a later release knows are kept as they are, so that releases which overlap during a restart lose
    none of each other's.
    """

    model_config = ConfigDict(extra="allow")

    assigned_to: str | None = None
    owner_action: str | None = None
    thread: str | None = None
    escalation: Escalation | None = None
    acknowledgements: tuple[Acknowledgement, ...] = ()
    numbers: dict[int, GivenNumber] = Field(default_factory=dict)
    cleared_delays: dict[int, Ms] = Field(default_factory=dict)
    cleared_numbers: tuple[int, ...] = ()
    returns: dict[int, ReturnMove] = Field(default_factory=dict)
    approvals: dict[int, Approval] = Field(default_factory=dict)
    holds: dict[str, InventoryHold] = Field(default_factory=dict)
    tag_changes: dict[str, TagChange] = Field(default_factory=dict)
    addresses: dict[str, AddressChange] = Field(default_factory=dict)
    desk_holds: dict[str, DeskHold] = Field(default_factory=dict)
    released: dict[str, Release] = Field(default_factory=dict)
    notes: dict[str, Note] = Field(default_factory=dict)
    cancelling: Cancelling | None = None
    failed: dict[int, FailedWrite] = Field(default_factory=dict)
    entries: dict[str, Entry] = Field(default_factory=dict)

    def failed_but(self, kind: str) -> dict[int, FailedWrite]:
        """The failures without those of this kind of row."""
        return {row: write for row, write in self.failed.items() if write.kind != kind}

    @model_validator(mode="before")
    @classmethod
    def _of_one_acknowledgement(cls, stored: Any) -> Any:
        """Landed releases stored one."""
        if not isinstance(stored, dict) or "acknowledgement" not in stored:
            return stored
        others = {name: value for name, value in stored.items() if name != "acknowledgement"}
        if stored["acknowledgement"] is None:
            return others
        one = Acknowledgement.model_validate(stored["acknowledgement"])
        cleared = [one.parcel_id if of == 0 else of for of in stored.get("cleared_numbers", ())]
        return {"acknowledgements": (one,), **others, "cleared_numbers": tuple(cleared)}

    def acknowledged_by(self, action_id: str) -> Acknowledgement | None:
        """The acknowledgement that an action made, while it stands."""
        return next((each for each in self.acknowledgements if each.action_id == action_id), None)

    def answered(self, action_id: str, fulfillments: Sequence[int]) -> OperatorState:
        """The decisions, with these fulfilments made by the write of the acknowledgement that the action made."""
        own = self.acknowledged_by(action_id)
        if own is None or not fulfillments:
            return self
        made = tuple(dict.fromkeys((*own.answered, *fulfillments)))
        return self.with_acknowledgement(own.model_copy(update={"answered": made}))

    def with_acknowledgement(self, own: Acknowledgement) -> OperatorState:
        """The decisions with this acknowledgement, in the place of the one of its action where there is one."""
        others = self.acknowledgements
        found = tuple(own if each.action_id == own.action_id else each for each in others)
        return self.model_copy(
            update={"acknowledgements": found if self.acknowledged_by(own.action_id) else (*others, own)}
        )

    def moved_from(self, before: OperatorState) -> set[str]:
        """The names of the decisions that differ from these."""
        theirs = vars(before)
        return {name for name, value in vars(self).items() if value != theirs[name]}
