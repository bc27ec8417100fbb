"""What operators decided about one order: stored beside the evidence, never mixed with it, and undone by removing it.

Written only by actions and undo (contract §3, "Owner": no webhook changes an owner); read by `rules.derive`.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from orders_sync.instants import Ms
from orders_wire.vocabulary import ReturnState


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


class Acknowledgement(_Part):
    """A parcel of ours for all that was owed; the first fulfilment outside `known` that Shopify creates replaces it."""

    action_id: str
    at: Ms
    known: tuple[int, ...] = ()
    number: str | None = None
    carrier: str | None = None


class GivenNumber(_Part):
    """A tracking number that an operator gave to a Shopify parcel that lacked one; stands until Shopify gives it one."""

    action_id: str
    number: str
    carrier: str | None = None


class ReturnMove(_Part):
    """The state an operator moved a return to. Shopify's and the ERP's evidence may carry it further, never back.

    `before`: the move that it replaced, which stands again when Shopify does not do what this one showed.
    """

    action_id: str
    at: Ms
    state: ReturnState
    before: ReturnMove | None = None


class InventoryHold(_Part):
    """An inventory escalation: the order is held for a SKU until it ends: contract §3, inventory."""

    action_id: str
    at: Ms
    by: str
    note: str | None = None


class FailedWrite(_Part):
    """A write of ours that does not arrive unless somebody acts: the cause of `integration_failed` (contract §2).

    `at` distinguishes a failure from an earlier one of the same row. `while_owed`: a fulfilment that was discarded, which matters
    only as long as something is owed. `of`: the parcel that lacks the number, or the return; `discarded`: it matters only as
    long as that parcel does, or that return goes on. `reason`: as the receiver gave it.
    """

    target: str
    kind: str
    at: Ms
    while_owed: bool = False
    discarded: bool = False
    of: int | None = None
    reason: str | None = None


class OperatorState(_Part):
    """All decisions on one order. `owner_action`: the action that set `assigned_to`; `failed`: writes by outbox row.

    `cleared_delays`: fulfilment id → the carrier update whose delay was acknowledged; `cleared_numbers`: parcels (fulfilment ids)
    whose missing number an operator's fulfil acknowledged. `entries`: timeline entries by key.
    """

    assigned_to: str | None = None
    owner_action: str | None = None
    thread: str | None = None
    escalation: Escalation | None = None
    acknowledgement: Acknowledgement | None = None
    numbers: dict[int, GivenNumber] = Field(default_factory=dict)
    cleared_delays: dict[int, Ms] = Field(default_factory=dict)
    cleared_numbers: tuple[int, ...] = ()
    returns: dict[int, ReturnMove] = Field(default_factory=dict)
    holds: dict[str, InventoryHold] = Field(default_factory=dict)
    failed: dict[int, FailedWrite] = Field(default_factory=dict)
    entries: dict[str, Entry] = Field(default_factory=dict)

    def moved_from(self, before: OperatorState) -> set[str]:
        """The names of the decisions that differ from these."""
        theirs = vars(before)
        return {name for name, value in vars(self).items() if value != theirs[name]}
