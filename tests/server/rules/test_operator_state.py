"""Operators' decisions as they are stored: what another release wrote is neither lost nor misread."""

from __future__ import annotations

import json

from orders_sync.rules.operator_state import OperatorState


def test_decisions_of_a_later_release_outlive_one_that_does_not_know_them() -> None:
    stored = json.dumps({"assigned_to": "ana", "plans": {"p1": {"text": "call first"}}})
    known = OperatorState.model_validate_json(stored).model_copy(update={"assigned_to": "bo"})
    assert json.loads(known.model_dump_json(exclude_defaults=True)) == {
        "assigned_to": "bo",
        "plans": {"p1": {"text": "call first"}},
    }


def test_the_one_acknowledgement_of_an_earlier_release_is_read_as_the_first_of_several() -> None:
    stored = json.dumps({"acknowledgement": {"action_id": "a1", "at": 5, "known": [7]}, "cleared_numbers": [0, 7]})
    known = OperatorState.model_validate_json(stored)
    assert [each.action_id for each in known.acknowledgements] == ["a1"]
    assert known.acknowledgements[0].lines is None
    assert known.cleared_numbers == (known.acknowledgements[0].parcel_id, 7)
    assert "acknowledgement" not in json.loads(known.model_dump_json(exclude_defaults=True))
    assert OperatorState.model_validate_json('{"acknowledgement": null}') == OperatorState()
