"""The models read and write the contract's own spelling."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from orders_wire.actions import ActionAnswer, AssignBody, FulfillBody, ReturnsBody
from orders_wire.orders import Order
from orders_wire.page import PageInfo
from orders_wire.vocabulary import AlertType, ErrorCode, ReturnAction, ReturnState, Role

ROW = {
    "id": "gid://shopify/Order/1001",
    "order_number": "#1001",
    "placed_at": "2025-09-27T20:30:00.250+02:00",
    "status": "awaiting_fulfillment",
    "priority": "vip",
}


def test_an_instant_is_answered_in_utc_with_z() -> None:
    assert Order.model_validate(ROW).model_dump(mode="json")["placed_at"] == "2025-09-27T18:30:00.250Z"


def test_whole_seconds_carry_no_fraction() -> None:
    row = Order.model_validate({**ROW, "placed_at": "2025-09-27T18:30:00Z"})
    assert row.model_dump(mode="json")["placed_at"] == "2025-09-27T18:30:00Z"


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValidationError):
        Order.model_validate({**ROW, "placed_at": "2025-09-27T18:30:00"})


def test_a_version_1_2_row_reads_without_the_extensions() -> None:
    row = Order.model_validate({**ROW, "a_field_of_tomorrow": 1})
    assert (row.return_, row.tracking, row.outbound.waiting) == (None, [], 0)


def test_return_is_spelled_as_on_the_wire() -> None:
    row = Order.model_validate({**ROW, "return": {"id": "r", "state": "inspection"}})
    assert row.return_ is not None
    assert row.model_dump(mode="json", by_alias=True)["return"]["state"] == "inspection"


def test_page_info_is_camel_case() -> None:
    assert "previousCursor" in PageInfo().model_dump(by_alias=True)


def test_bodies_are_camel_case_and_name_the_shop_in_snake_case() -> None:
    body = AssignBody.model_validate({"orderIds": ["#1001"], "assignee": " ana ", "shop_domain": "acme.myshopify.com"})
    assert (body.order_ids, body.assignee, body.shop_domain) == (["#1001"], "ana", "acme.myshopify.com")


@pytest.mark.parametrize(
    "body",
    [
        {"orderIds": "#1001", "assignee": "ana"},
        {"orderIds": [1001], "assignee": "ana"},
        {"orderIds": [], "assignee": "ana"},
        {"orderIds": ["#1"], "assignee": "  "},
        {"orderIds": ["#1"], "assignee": "a" * 121},
        {"orderIds": ["#1"], "assignee": "ana", "delaySeconds": 61},
        {"orderIds": ["#1"], "assignee": "ana", "expectedVersions": {"#1": "7"}},
    ],
)
def test_a_wrong_type_or_length_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AssignBody.model_validate(body)


def test_a_tracking_number_may_come_without_a_carrier() -> None:
    body = FulfillBody.model_validate({"orderIds": ["1"], "tracking": {"number": "00340434"}})
    assert body.tracking is not None
    assert body.tracking.carrier is None


def test_an_unknown_return_action_is_refused() -> None:
    with pytest.raises(ValidationError):
        ReturnsBody.model_validate({"orderId": "1", "action": "close"})


def test_the_envelope_is_the_version_1_2_one() -> None:
    answer = ActionAnswer(success=False, message="No", code=ErrorCode.ON_HOLD)
    assert answer.model_dump(by_alias=True, exclude_none=True) == {
        "success": False,
        "message": "No",
        "updatedOrders": [],
        "code": "on_hold",
    }


def test_every_code_has_its_status() -> None:
    assert {code: code.http_status for code in ErrorCode}[ErrorCode.IDEMPOTENCY_MISMATCH] == 422


def test_three_return_states_are_terminal() -> None:
    assert [s for s in ReturnState if s.terminal] == ["completed", "denied", "cancelled"]


def test_a_role_includes_the_ones_before_it() -> None:
    assert Role.LEAD.includes(Role.VIEWER)
    assert not Role.VIEWER.includes(Role.OPERATOR)


def test_words_that_only_a_newer_server_knows_are_left_out() -> None:
    returned = {"id": "1", "state": "awaiting_label", "allowed_actions": ["sing", "deny"]}
    read = Order.model_validate({**ROW, "alerts": ["order_overdue", "moon_full"], "return": returned})
    assert read.return_ is not None
    assert (read.alerts, read.return_.allowed_actions) == ([AlertType.ORDER_OVERDUE], [ReturnAction.DENY])
