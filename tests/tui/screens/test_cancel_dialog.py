"""`:cancel`: what stands against it is said first, what Shopify will do in words, and nothing is sent by an Enter."""

from __future__ import annotations

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.cancel_scenes import BY_BO, REFUSED, delivered, ended_without, paid_order, requested
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.hold_scenes import open_order

from orders_tui.actions.cancel import CancelDraft
from orders_tui.actions.draft import WRITES_OFF
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.dialogs.cancel import CancelDialog
from orders_tui.session import changes
from orders_tui.widgets.switch import Switch
from orders_wire.detail import Fulfillment, Totals
from orders_wire.orders import Money, ReturnSummary
from orders_wire.vocabulary import CancelReason, CancelRefund, ReturnAction, ReturnState, Role, Status


async def open_cancel(desk: Desk, reason: str = "") -> None:
    await desk.press("colon")
    await desk.type(f"cancel {reason}".rstrip())
    await desk.press("enter")
    assert isinstance(desk.dialog, CancelDialog)


def sent(session: FakeSession) -> CancelDraft:
    draft = session.sent[-1]
    assert isinstance(draft, CancelDraft)
    return draft


def box(desk: Desk, name: str) -> str:
    return desk.dialog.query_one(f"#{name}", Switch).text


# -- what is sent


async def test_what_is_chosen_is_sent_by_ctrl_s_and_never_by_enter(open_desk: Open, session: FakeSession) -> None:
    order = paid_order(session)
    async with open_desk() as desk:
        await open_cancel(desk)
        await desk.press("ctrl+s")
        assert "choose a reason" in desk.said()
        await desk.press("down", "down", "enter")
        assert session.sent == []
        assert "ctrl+s does" in desk.said()
        await desk.press("ctrl+r", "ctrl+t", "ctrl+n", "tab")
        await desk.type("asked twice")
        await desk.press("ctrl+s")
        draft = sent(session)
        assert (draft.order_ids, draft.versions) == ((order.id,), {order.id: order.version})
        assert (draft.reason, draft.refund) == (CancelReason.INVENTORY, CancelRefund.NONE)
        assert (draft.restock, draft.notify, draft.note) == (False, True, "asked twice")
        assert desk.hint.startswith(f"{order.order_number} being cancelled")


async def test_the_words_say_what_shopify_will_do(open_desk: Open, session: FakeSession) -> None:
    paid_order(session, "89.90", refunded="9.90")
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        said = " ".join(desk.said("consequence").split())
        assert "pays 80.00 € back to the original payment" in said
        assert "authorisations are voided either way" in said
        assert "5 units go back into stock" in said
        assert "the customer is not mailed" in said
        assert "goes to Shopify after 10 s; u takes it back" in said
        await desk.press("ctrl+r", "ctrl+t", "ctrl+n")
        said = " ".join(desk.said("consequence").split())
        assert "nothing is paid back" in said
        assert "no unit goes back into stock" in said
        assert "the customer is mailed" in said


async def test_while_writes_are_off_nothing_is_said_to_go(open_desk: Open, session: FakeSession) -> None:
    session.me_now = desk_data.ME.model_copy(update={"shopify_writes": False})
    paid_order(session)
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        assert " ".join(desk.said("consequence").split()).endswith(WRITES_OFF)
        await desk.press("ctrl+s")
        assert sent(session).sends_at is None


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("paid", "it pays what was captured back to the original payment, up to 250.00 €"),
        ("authorized", "nothing was paid, so nothing is paid back"),
    ],
)
async def test_of_an_order_without_totals_no_more_is_said_than_is_known(
    open_desk: Open, session: FakeSession, status: str, said: str
) -> None:
    order = paid_order(session, changes={"total": Money(amount="250.00", currency="EUR")})
    told = {"totals": None, "financial_status": status}
    session.know(order, session.details[order.id].model_copy(update=told))
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        assert said in " ".join(desk.said("consequence").split())


async def test_a_large_amount_is_typed_only_where_it_is_paid_back(open_desk: Open, session: FakeSession) -> None:
    paid_order(session, "1289.90")
    async with open_desk(typed_amount_above=100.0) as desk:
        await open_cancel(desk, "customer")
        await desk.press("ctrl+s")
        assert desk.said() == "the amount has to be typed: 1289.90"
        await desk.press("tab", "tab")
        await desk.type("1289,90")
        await desk.press("ctrl+s")
        assert sent(session).refund is CancelRefund.ORIGINAL
        await open_cancel(desk, "customer")
        await desk.press("ctrl+r", "ctrl+s")
        assert sent(session).refund is CancelRefund.NONE


async def test_an_amount_that_nobody_knows_is_confirmed_by_the_orders_number(
    open_desk: Open, session: FakeSession
) -> None:
    order = paid_order(session, changes={"total": None})
    session.know(order, session.details[order.id].model_copy(update={"totals": Totals()}))
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        assert "how much is not known here" in " ".join(desk.said("consequence").split())
        await desk.press("ctrl+s")
        assert order.order_number in desk.said()
        await desk.press("tab", "tab")
        await desk.type(order.order_number)
        await desk.press("ctrl+s")
        assert sent(session).order_ids == (order.id,)


async def test_esc_keeps_the_draft(open_desk: Open, session: FakeSession) -> None:
    paid_order(session)
    async with open_desk() as desk:
        await open_cancel(desk)
        await desk.press("down", "ctrl+r", "tab")
        await desk.type("by phone")
        await desk.press("escape")
        await open_cancel(desk)
        await desk.press("ctrl+s")
        draft = sent(session)
        assert (draft.reason, draft.refund, draft.note) == (CancelReason.CUSTOMER, CancelRefund.NONE, "by phone")


# -- what stands against it


OURS = Fulfillment(id="f1", status="success", created_at=desk_data.NOW, ours=True)
INSPECTED = ReturnSummary(id="r1", state=ReturnState.INSPECTION)


@pytest.mark.parametrize(
    ("change", "parcels", "said"),
    [
        ({"status": Status.CANCELLED}, [], "is cancelled already"),
        ({"cancelling": BY_BO}, [], "is being cancelled already, ordered by bo"),
        ({"return_": INSPECTED}, [], "has a return under way (inspection)"),
        ({"return_": INSPECTED}, [OURS], "Shopify yet and a return under way (inspection)"),
        ({}, [OURS], "has a fulfilment of this desk that is not in Shopify yet"),
    ],
)
async def test_what_stands_against_it_is_said_before_anything_is_chosen(
    open_desk: Open, session: FakeSession, change: dict[str, object], parcels: list[Fulfillment], said: str
) -> None:
    order = paid_order(session, changes=change)
    session.know(order, session.details[order.id].model_copy(update={"fulfillments": parcels}))
    async with open_desk() as desk:
        await open_cancel(desk)
        assert f"it cannot be cancelled: {order.order_number} " in desk.said()
        assert said in " ".join(desk.said().split())
        assert desk.said("consequence") == ""
        await desk.press("down", "ctrl+s", "ctrl+s")
        assert session.sent == []


async def test_a_delivered_parcel_stands_against_it(open_desk: Open, session: FakeSession) -> None:
    order = delivered(session)
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        assert f"has {order.order_number}-F1 (delivered)" in " ".join(desk.said().split())
        await desk.press("ctrl+s")
        assert session.sent == []


async def test_an_order_that_is_not_known_whole_is_read_first(open_desk: Open, session: FakeSession) -> None:
    order = paid_order(session)
    detail = session.details.pop(order.id)
    session.details_known = False
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        await desk.press("ctrl+s")
        assert desk.said() == "reading the order"
        assert session.sent == []
        session.details_known = True
        session.know(order, detail)
        session.tell(changes.DetailChanged(order.id))
        await desk.press("ctrl+s")
        assert sent(session).order_ids == (order.id,)


async def test_a_change_underneath_is_acknowledged_first(open_desk: Open, session: FakeSession) -> None:
    order = paid_order(session)
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        session.change_order(order.id, assigned_to="bo")
        await desk.press("ctrl+s")
        assert session.sent == []
        await desk.press("ctrl+s")
        assert sent(session).versions == {order.id: order.version + 1}


async def test_somebody_who_cancels_it_meanwhile_is_named(open_desk: Open, session: FakeSession) -> None:
    order = paid_order(session)
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        session.change_order(order.id, cancelling=BY_BO)
        await desk.press("ctrl+s", "ctrl+s")
        assert "ordered by bo" in desk.said()
        assert session.sent == []


async def test_what_shopify_ended_without_cancelling_is_told(open_desk: Open, session: FakeSession) -> None:
    ended_without(session)
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        assert REFUSED in " ".join(desk.said("consequence").split())
        await desk.press("ctrl+s")
        assert sent(session).reason is CancelReason.CUSTOMER


# -- which order, by whom


async def test_it_is_for_one_order_and_for_leads(open_desk: Open, session: FakeSession) -> None:
    open_order(session)
    async with open_desk() as desk:
        await desk.press("space", "space", "colon")
        await desk.type("cancel")
        await desk.press("enter")
        assert "one at a time" in desk.hint
        session.me_now = desk_data.ME.model_copy(update={"role": Role.OPERATOR})
        await desk.press("U", "colon")
        await desk.type("cancel")
        await desk.press("enter")
        assert "needs the role lead" in desk.said()
        assert session.sent == []


async def test_it_is_never_repeated(open_desk: Open, session: FakeSession) -> None:
    paid_order(session)
    async with open_desk() as desk:
        await open_cancel(desk, "customer")
        await desk.press("ctrl+s", ".")
        assert "never repeated" in desk.hint
        assert len(session.sent) == 1


@pytest.mark.parametrize(("keys", "dialog"), [(("f",), "fulfil"), (("H",), "hold"), (("colon",), "address")])
async def test_while_it_is_being_cancelled_nothing_else_is_sent(
    open_desk: Open, session: FakeSession, keys: tuple[str, ...], dialog: str
) -> None:
    paid_order(session, changes={"cancelling": BY_BO})
    async with open_desk() as desk:
        await desk.press(*keys)
        if keys == ("colon",):
            await desk.type(dialog)
            await desk.press("enter")
        assert "being cancelled, ordered by bo" in desk.said()
        await desk.press("down", "ctrl+s", "ctrl+s")
        assert session.sent == []


# -- accepting a return


async def test_a_request_is_accepted_with_the_instructions_or_without(open_desk: Open, session: FakeSession) -> None:
    requested(session)
    async with open_desk() as desk:
        for mail in (False, True):
            await desk.press("r")
            assert "requested" in desk.said("way")
            assert "awaiting label" not in desk.said("way")
            await desk.press(*["ctrl+n"] * mail)
            assert ("is mailed" in " ".join(desk.said("consequence").split())) is mail
            await desk.press("ctrl+s")
            draft = session.sent[-1]
            assert isinstance(draft, ReturnsDraft)
            assert (draft.move, draft.notify) == (ReturnAction.APPROVE_REQUEST, mail)


async def test_a_request_that_is_denied_is_declined(open_desk: Open, session: FakeSession) -> None:
    requested(session)
    async with open_desk() as desk:
        await desk.press("r", "down")
        assert "the request is declined for good" in " ".join(desk.said("consequence").split())
        assert "declined" in box(desk, "mail")
        await desk.press("ctrl+n", "ctrl+s")
        draft = session.sent[-1]
        assert isinstance(draft, ReturnsDraft)
        assert (draft.move, draft.notify) == (ReturnAction.DENY, True)


async def test_what_is_no_request_mails_nobody(open_desk: Open, session: FakeSession) -> None:
    order = requested(session)
    asked = order.return_
    assert asked is not None
    told = asked.model_copy(update={"requested": False, "allowed_actions": [ReturnAction.DENY]})
    session.know(order.model_copy(update={"return_": told}))
    async with open_desk() as desk:
        await desk.press("r", "ctrl+n", "ctrl+s")
        draft = session.sent[-1]
        assert isinstance(draft, ReturnsDraft)
        assert (draft.move, draft.notify) == (ReturnAction.DENY, None)
