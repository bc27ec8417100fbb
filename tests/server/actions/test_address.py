"""Address: contract §3a. Shown at once, whole; Shopify's complaint is kept by field, in the words of the request."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.server.conftest import SettableClock
from tests.support.acting import Desk, serve
from tests.support.desk_orders import PLACED, order, stamp
from tests.support.relaying import Ledger, relay_to

from orders_sync.db.engine import Database
from orders_sync.db.tables import metadata
from orders_sync.evidence.changes import CustomerRedacted, OrderSeen
from orders_sync.evidence.entities import AddressPart, OrderFields
from orders_sync.ingest import privacy
from orders_sync.instants import SECOND
from orders_sync.outbox.outcome import Outcome, Refused, Sent
from orders_sync.relay.consequence import Delivered
from orders_sync.relay.recording import OutcomeJob
from orders_sync.rules.thresholds import Thresholds
from orders_wire.detail import FieldError

THERE = AddressPart(
    name="Åsa Öberg",
    first_name="Åsa",
    last_name="Öberg",
    company=None,
    address1="Storgatan 1",
    address2=None,
    city="Umeå",
    province=None,
    province_code=None,
    zip="903 26",
    country="Sweden",
    country_code="SE",
    phone=None,
)
GIVEN: dict[str, str | None] = {
    "first_name": "Åsa",
    "last_name": "Öberg",
    "address1": "Kungsgatan 77B",
    "city": "Umeå",
    "zip": "903 27",
    "country_code": "se",
}
WHOLE = {**dict.fromkeys(("company", "address2", "province_code", "phone")), **GIVEN, "country_code": "SE"}


async def correct(desk: Desk, address: object = GIVEN, **more: Any) -> dict[str, Any]:
    status, answer = await desk.act("address", {"orderId": "1", "shippingAddress": address, "delaySeconds": 0, **more})
    assert status == 200, answer
    return answer


async def shown(desk: Desk) -> AddressPart:
    found = (await desk.order(1)).state.order.shipping_address
    assert found is not None
    return found


async def leave(desk: Desk, *outcomes: Outcome) -> None:
    await relay_to(desk.db, Ledger(answers=list(outcomes))).send_due()


async def test_the_address_is_shown_at_once_and_queued_whole_beside_what_was_seen(desk: Desk) -> None:
    await desk.tell(order(1, shipping_address=THERE))
    answer = await correct(desk)
    assert answer["message"] == "Address updated on 1 order"
    assert answer["updatedOrders"] == [{"id": "1"}]
    address = await shown(desk)
    assert (address.address1, address.name, address.country) == ("Kungsgatan 77B", "Åsa Öberg", "Sweden")
    (payload,) = await desk.payloads("address")
    assert payload["address"] == WHOLE
    assert payload["address_before"] == {name: getattr(THERE, name) for name in WHOLE}
    assert "Kungsgatan" not in str(await desk.audited(1)) + str((await desk.order(1)).operator.entries)


async def test_of_an_address_told_without_codes_what_is_known_is_what_was_seen(light_desk: Desk) -> None:
    await light_desk.tell(order(1, shipping_address=AddressPart(name="Åsa Öberg", city="Umeå", country="Sweden")))
    await correct(light_desk)
    (payload,) = await light_desk.payloads("address")
    assert payload["address_before"]["name"] == "Åsa Öberg"
    assert payload["address_before"]["country"] == "Sweden"
    assert not {"first_name", "country_code"} & payload["address_before"].keys()


async def test_the_same_address_changes_nothing(light_desk: Desk) -> None:
    await light_desk.tell(order(1, shipping_address=THERE))
    before = await light_desk.order(1)
    same = {name: getattr(THERE, name) for name in WHOLE}
    answer = await correct(light_desk, same)
    assert answer["updatedOrders"] == [{"id": "1"}]
    assert (await light_desk.order(1)).version == before.version
    assert await light_desk.outbox(1) == []


async def test_an_order_without_an_address_gets_one(light_desk: Desk) -> None:
    await light_desk.tell(order(1, shipping_address=None))
    await correct(light_desk)
    assert [payload["address_before"] for payload in await light_desk.payloads("address")] == [None]
    assert (await shown(light_desk)).city == "Umeå"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ({}, "shippingAddress"),
        (dict.fromkeys(GIVEN, " "), "shippingAddress"),
        ({**GIVEN, "country_code": "SWE"}, "shippingAddress.country_code"),
        ({**GIVEN, "country_code": "1x"}, "shippingAddress.country_code"),
        ({**GIVEN, "zip": 90326}, "shippingAddress.zip"),
        ({**GIVEN, "city": "x" * 256}, "shippingAddress.city"),
    ],
)
async def test_what_is_no_address_is_refused_by_name(light_desk: Desk, address: object, named: str) -> None:
    await light_desk.tell(order(1))
    status, answer = await light_desk.act("address", {"orderId": "1", "shippingAddress": address})
    assert (status, answer["code"]) == (400, "invalid_request")
    assert named in answer["message"]


async def test_a_cancelled_order_keeps_its_address(light_desk: Desk) -> None:
    await light_desk.tell(order(1, cancelled_at=PLACED))
    status, answer = await light_desk.act("address", {"orderId": "1", "shippingAddress": GIVEN})
    assert (status, answer["code"]) == (409, "order_closed")


async def test_older_webhooks_do_not_bring_the_old_one_back_and_the_shops_answer_settles_it(desk: Desk) -> None:
    await desk.tell(order(1, shipping_address=THERE))
    await correct(desk)
    await desk.tell(order(1, shipping_address=THERE, at=PLACED + SECOND))
    assert (await shown(desk)).address1 == "Kungsgatan 77B"
    taken = THERE.model_copy(update={"address1": "Kungsgatan 77 B"})
    fields = OrderFields(shipping_address=taken)
    await leave(desk, Sent(changes=(OrderSeen(1, fields, stamp(PLACED + 9 * SECOND)),)))
    assert (await desk.order(1)).operator.addresses == {}
    assert (await shown(desk)).address1 == "Kungsgatan 77 B", "as Shopify has it"
    await desk.tell(order(1, shipping_address=THERE, at=PLACED + 20 * SECOND))
    assert (await shown(desk)).address1 == "Storgatan 1", "changed in Shopify since"


async def test_shopifys_complaint_is_told_by_field_and_the_old_address_shows_again(desk: Desk) -> None:
    await desk.tell(order(1, shipping_address=THERE))
    await correct(desk)
    errors = (FieldError(field="zip", message="Enter a ZIP code"), FieldError(field=None, message="No"))
    await leave(desk, Refused("Enter a ZIP code; No", errors))
    (row,) = await desk.outbox(1)
    assert (row.state, row.errors) == ("dead", list(errors))
    _, listed = await desk.get("/sync/outbox?state=dead")
    assert listed["items"][0]["errors"] == [error.model_dump() for error in errors]
    assert await shown(desk) == THERE
    assert (await desk.order(1)).alerts == {"integration_failed"}
    await correct(desk, {**GIVEN, "zip": "90328"})
    assert (await desk.order(1)).alerts == frozenset()
    await desk.post(f"/sync/outbox/{row.id}/retry")
    assert (await desk.outbox(1))[0].errors == []


async def test_undo_shows_the_address_that_was_given_before_it(desk: Desk) -> None:
    await desk.tell(order(1, shipping_address=THERE))
    await correct(desk, delaySeconds=60)
    second = await correct(desk, {**GIVEN, "address1": "Third Street"}, delaySeconds=60)
    status, answer = await desk.act("undo", {"actionId": second["actionId"]})
    assert (status, answer["updatedOrders"]) == (200, [{"id": "1"}])
    assert (await shown(desk)).address1 == "Kungsgatan 77B"


async def test_a_redacted_customers_address_is_left_nowhere(db: Database, desk: Desk) -> None:
    for order_id in (1, 2, 3):
        await desk.tell(order(order_id, shipping_address=THERE))
    for order_id, delay_s in ((1, 60), (2, 0), (3, 0)):
        body = {"orderId": str(order_id), "shippingAddress": GIVEN, "delaySeconds": delay_s}
        _, answer = await desk.act("address", body, key=f"k{order_id}")
    await relay_to(db, Ledger(answers=[Refused("no", (FieldError(field="zip", message="no"),))])).send_due()
    await desk.act("address", {**body, "delaySeconds": 0.5})
    await desk.act("undo", {"actionId": answer["actionId"]})
    assert "Kungsgatan" in await everything(db)
    gone = CustomerRedacted(None, None, (1, 2, 3), stamp(PLACED + SECOND))
    await db.write(lambda tx: privacy.erase(tx, [gone], Thresholds()))
    kept = await everything(db)
    assert not [text for text in ("Kungsgatan", "903 27", "Storgatan", "Umeå", "Öberg") if text in kept]
    assert {row.state.value for n in (1, 2, 3) for row in await desk.outbox(n)} <= {"discarded", "undone", "done"}
    assert (await desk.order(1)).waiting == 0


async def test_an_address_that_is_under_way_when_it_is_erased_is_not_kept(db: Database, desk: Desk) -> None:
    await desk.tell(order(1, shipping_address=THERE))
    await correct(desk)
    (row,) = await desk.claim("shopify", owner="r")
    gone = CustomerRedacted(None, None, (1,), stamp(PLACED + SECOND))
    await db.write(lambda tx: privacy.erase(tx, [gone], Thresholds()))
    taken = OrderSeen(1, OrderFields(shipping_address=AddressPart(address1="Kungsgatan 77B")), stamp(PLACED + 2))
    await db.write(OutcomeJob(Delivered("r", row, Sent(changes=(taken,)), 0.0), Thresholds()))
    assert "Kungsgatan" not in await everything(db)


async def everything(db: Database) -> str:
    """Every value of every row, as text."""

    def read(conn: Any) -> str:
        rows = [row for table in metadata.sorted_tables for row in conn.execute(select(table))]
        return " ".join(
            value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            for row in rows
            for value in row
        )

    found: str = await db.read(read)
    return found


@pytest.mark.parametrize("release", [True, False])
async def test_our_address_hold_ends_once_shopify_has_taken_the_address_and_not_before(
    desk: Desk, *, release: bool
) -> None:
    await desk.tell(order(1, shipping_address=THERE))
    for reason in ("address", "customer"):
        await desk.act("hold", {"orderIds": ["1"], "reason": reason, "delaySeconds": 0})
        await leave(desk)
    await correct(desk, release=release)
    assert len((await desk.order(1)).state.holds) == 2
    fields = OrderFields(shipping_address=AddressPart(**WHOLE))
    await leave(desk, Sent(changes=(OrderSeen(1, fields, stamp(PLACED + SECOND)),)))
    seen = await desk.order(1)
    left = sorted(hold.reason.value for hold in seen.operator.desk_holds.values())
    assert left == (["customer"] if release else ["address", "customer"])
    released = [row for row in await desk.outbox(1) if row.kind == "release_hold"]
    assert len(released) == release
    assert ("it was corrected" in str(seen.operator.entries)) is release


async def test_the_same_address_again_leaves_where_a_hold_is_to_end(light_desk: Desk) -> None:
    await light_desk.tell(order(1, shipping_address=THERE))
    await light_desk.act("hold", {"orderIds": ["1"], "reason": "address"})
    same = {name: getattr(THERE, name) for name in WHOLE}
    await correct(light_desk, same, release=True)
    assert [row.kind for row in await light_desk.outbox(1)] == ["hold", "address"]


async def test_a_refused_address_ends_no_hold(light_desk: Desk) -> None:
    await light_desk.tell(order(1, shipping_address=THERE))
    await light_desk.act("hold", {"orderIds": ["1"], "reason": "address", "delaySeconds": 0})
    await leave(light_desk)
    await correct(light_desk, release=True)
    await leave(light_desk, Refused("Enter a ZIP code"))
    assert len((await light_desk.order(1)).state.holds) == 1


async def test_an_address_that_waits_for_a_review_gives_way_to_a_later_one_that_was_sent(
    light_desk: Desk, clock: SettableClock
) -> None:
    await light_desk.tell(order(1, shipping_address=THERE))
    async with serve(light_desk.db, shopify_writes=False) as offline:
        await correct(offline)
    await relay_to(light_desk.db, Ledger()).step()
    clock.advance(SECOND)
    later = {**GIVEN, "address1": "Parkgatan 5"}
    await correct(light_desk, later)
    taken = OrderSeen(
        1, OrderFields(shipping_address=AddressPart(**{**later, "country_code": "SE"})), stamp(clock.now + SECOND)
    )
    await leave(light_desk, Sent(changes=(taken,)))
    assert [row.state for row in await light_desk.outbox(1)] == ["needs_review", "done"]
    assert (await shown(light_desk)).address1 == "Parkgatan 5"
