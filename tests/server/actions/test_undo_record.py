"""What an action changed can be taken back exactly, and nothing else is: the laws of patches."""

from __future__ import annotations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from orders_sync.actions.undo_record import OrderPatch, UndoRecord, diff, revert
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import (
    Acknowledgement,
    Entry,
    Escalation,
    GivenNumber,
    InventoryHold,
    OperatorState,
    ReturnMove,
)
from orders_wire.vocabulary import ReturnState

names = st.sampled_from(["a", "b", "c"])
some = st.one_of(st.none(), names)
ids = st.integers(-3, 3)

states = st.builds(
    OperatorState,
    assigned_to=some,
    owner_action=some,
    thread=some,
    escalation=st.one_of(st.none(), st.builds(Escalation, action_id=names, at=st.just(Ms(1)), by=names, note=some)),
    acknowledgements=st.lists(
        st.builds(Acknowledgement, action_id=names, at=st.just(Ms(1)), known=st.tuples(ids), number=some, carrier=some),
        unique_by=lambda each: each.action_id,
        max_size=2,
    ).map(lambda found: tuple(sorted(found, key=lambda each: each.action_id))),
    numbers=st.dictionaries(ids, st.builds(GivenNumber, action_id=names, number=names, carrier=some), max_size=2),
    cleared_delays=st.dictionaries(ids, st.integers(0, 3).map(Ms), max_size=2),
    cleared_numbers=st.frozensets(ids, max_size=2).map(lambda found: tuple(sorted(found))),
    returns=st.dictionaries(
        ids, st.builds(ReturnMove, action_id=names, at=st.just(Ms(1)), state=st.sampled_from(ReturnState)), max_size=2
    ),
    holds=st.dictionaries(
        st.sampled_from(["TEE/M", "CAP"]),
        st.builds(InventoryHold, action_id=names, at=st.just(Ms(1)), by=names),
        max_size=2,
    ),
    entries=st.dictionaries(names, st.builds(Entry, ts=st.just(Ms(1000)), event=names), max_size=1),
)


@settings(max_examples=50)
@given(states, states)
def test_reverting_right_away_restores_all_but_the_timeline(before: OperatorState, after: OperatorState) -> None:
    assert revert(after, diff(before, after)) == before.model_copy(update={"entries": after.entries})


@settings(max_examples=30)
@given(states, states)
def test_it_survives_being_stored(before: OperatorState, after: OperatorState) -> None:
    patch = diff(before, after)
    memory = UndoRecord(orders=[OrderPatch(spelling="#1", order_id=1, patch=patch)])
    stored = UndoRecord.model_validate_json(memory.model_dump_json())
    assert revert(after, stored.orders[0].patch) == revert(after, patch)
    assert orjson.loads(memory.model_dump_json())


@settings(max_examples=30)
@given(states)
def test_the_same_decisions_are_no_difference(state: OperatorState) -> None:
    assert diff(state, state) == {}


@settings(max_examples=30)
@given(states, states, names)
def test_what_others_changed_besides_stays(before: OperatorState, after: OperatorState, thread: str) -> None:
    same_thread = after.model_copy(update={"thread": before.thread})
    restored = revert(same_thread.model_copy(update={"thread": thread}), diff(before, same_thread))
    assert restored is not None
    assert restored.thread == thread


def test_what_was_changed_since_does_not_revert() -> None:
    before, after = OperatorState(), OperatorState(assigned_to="a", owner_action="1")
    assert revert(OperatorState(assigned_to="b", owner_action="2"), diff(before, after)) is None


def test_an_acknowledged_alert_that_is_gone_is_no_conflict() -> None:
    patch = diff(OperatorState(), OperatorState(thread="t", cleared_delays={7: Ms(1)}))
    assert revert(OperatorState(thread="t", cleared_delays={7: Ms(2)}), patch) == OperatorState(
        cleared_delays={7: Ms(2)}
    )


def test_what_landed_releases_recorded_of_one_acknowledgement_is_taken_back() -> None:
    own = {"action_id": "a", "at": 1, "known": [7], "number": None, "carrier": None}
    patch = OrderPatch.model_validate({"spelling": "1", "order_id": 1, "patch": {"acknowledgement": (None, own)}}).patch
    stored = OperatorState.model_validate({"acknowledgement": own})
    assert revert(stored, patch) == OperatorState()
    numbered = {**own, "number": "1Z"}
    patch = OrderPatch.model_validate(
        {"spelling": "1", "order_id": 1, "patch": {"acknowledgement": (own, numbered)}}
    ).patch
    assert revert(OperatorState.model_validate({"acknowledgement": numbered}), patch) == stored
