"""Orders with notes, and what is looked at of them."""

from __future__ import annotations

from datetime import timedelta

from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW, ago
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.scene import Scene

from orders_tui.session.log import ActionState
from orders_wire.detail import Note
from orders_wire.orders import TimelineEntry

OWN = Note(
    id="n3",
    at=NOW - timedelta(minutes=4),
    by="ana",
    text="Called her: she takes the green one, and wants it before Friday.\nIf there is none left: @bo knows the supplier.",
    mentions=["bo"],
    edited_at=NOW - timedelta(minutes=2),
)
OTHERS = Note(id="n2", at=ago(3), by="bo", text="The customer asks for two parcels, one to her office.")
OLD = Note(id="n1", at=ago(30), by="ana", text="Waits for an answer.")
TEMPLATES = {
    "split": "{customer} asks for {number} in two parcels.",
    "carrier claim": "Claim at the carrier\n- number of the claim:\n- answer expected by:",
    "thanks": "{me} has thanked them.",
}


def show(session: FakeSession, *notes: Note, at: int = 0) -> str:
    """The order has these notes; its id."""
    order = session.orders[session.table.view.rows[at].order.id]
    entries = [TimelineEntry(ts=n.at, event="note", details=f"{n.by}: {n.text[:60]}", note_id=n.id) for n in notes]
    timeline = [entry for entry in order.timeline if entry.event != "note"]
    session.change_order(
        order.id, note_count=len(notes), last_note_at=notes[-1].at, timeline=[*timeline, *entries], issue=None
    )
    changed = session.orders[order.id]
    session.details[order.id] = desk_data.detail(changed).model_copy(update={"notes": list(notes)})
    return order.id


def show_three(session: FakeSession) -> None:
    show(session, OLD, OTHERS, OWN)


def _answered(session: FakeSession) -> None:
    session.settle(ActionState.DONE, undo_for=timedelta(minutes=15))


NOTES = [
    Scene("note", ("n",), "Customer asks for @an", settings={"templates": TEMPLATES}),
    Scene("note_named", ("n",), "two parcels, please\n\n@anton, @bo: can you?", settings={"templates": TEMPLATES}),
    Scene("note_several", ("space", "space", "space", "n"), "the carrier is late"),
    Scene("note_templates", ("n", "ctrl+t"), settings={"templates": TEMPLATES}),
    Scene("note_own", ("n", "ctrl+o"), given=show_three),
    Scene("note_too_long", ("n",), "x" * 5003, ("ctrl+s",)),
    Scene("note_done", ("n", *"hi", "ctrl+s"), then=_answered),
    Scene("notes_on_the_desk", given=show_three),
    Scene("notes_of_an_order", ("enter",), given=show_three),
]
