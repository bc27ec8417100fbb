"""`cancel` without a screen: every question of the dialog, what stands against it, and the amount that is typed."""

from __future__ import annotations

import pytest
from tests.tui.plain.talk import Line, talk
from tests.tui.screens.cancel_scenes import BY_BO, delivered, paid_order, requested
from tests.tui.screens.fake_session import FakeSession

from orders_tui.actions.cancel import CancelDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.plain import acting
from orders_wire.vocabulary import CancelReason, CancelRefund, ReturnAction


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers what is sent: it is not waited for."""
    monkeypatch.setattr(acting, "SETTLES_S", 0.01)
    monkeypatch.setattr("orders_tui.plain.prompt.LEAVING_S", 0.01)


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(page_size=10)


def sent(session: FakeSession) -> CancelDraft:
    draft = session.sent[-1]
    assert isinstance(draft, CancelDraft)
    return draft


async def told(session: FakeSession, *typed: Line, **config: object) -> str:
    """What is said, in one line."""
    return " ".join((await talk(session, *typed, **config)).split())


async def test_each_choice_is_asked_for_and_what_it_does_is_said(session: FakeSession) -> None:
    paid_order(session)
    said = await told(session, "1", ":cancel", "fraud", "2", "no", "yes", "asked twice", "yes")
    assert "it pays 89.90 EUR back to the original payment" in said
    assert "Shopify cancels it for good; nothing is paid back; authorisations are voided either way" in said
    assert "no unit goes back into stock; the customer is mailed; goes to Shopify after 10 s" in said
    draft = sent(session)
    assert (draft.reason, draft.refund) == (CancelReason.FRAUD, CancelRefund.NONE)
    assert (draft.restock, draft.notify, draft.note) == (False, True, "asked twice")
    assert draft.versions


async def test_a_large_amount_is_typed_for_a_draft_that_was_kept_too(session: FakeSession) -> None:
    paid_order(session, "1289.90")
    chosen = ("1", ":cancel customer", "1", "yes", "no", "")
    assert "12 is not 1289.90; nothing is sent" in await told(session, *chosen, "12")
    assert "the draft is kept" in await told(session, *chosen, "1289.90", "no")
    assert session.sent == []
    await told(session, "1", ":cancel", "yes", "1289,90", "yes")
    assert sent(session).refund is CancelRefund.ORIGINAL


async def test_what_stands_against_it_is_said_and_nothing_is_asked(session: FakeSession) -> None:
    order = delivered(session)
    said = await told(session, "1", ":cancel customer")
    assert said.count("it cannot be cancelled") == 1
    assert f"{order.order_number}-F1 (delivered)" in said
    paid_order(session, changes={"cancelling": BY_BO})
    said = await told(session, "1", ":cancel")
    assert "is being cancelled already, ordered by bo" in said
    assert "cancelling: ordered by bo" in said
    assert session.sent == []


async def test_a_word_that_leaves_questions_cancels_no_order(session: FakeSession) -> None:
    paid_order(session)
    assert "nothing is being asked; quit leaves the desk, and :cancel cancels an order" in await told(
        session, "1", "cancel"
    )


@pytest.mark.parametrize("mail", [True, False])
async def test_a_request_is_accepted_with_a_mail_or_without(session: FakeSession, *, mail: bool) -> None:
    requested(session)
    said = await told(session, "1", "return", "accept", "yes" if mail else "no", "", "yes")
    assert "requested" in said
    assert f"the customer is {'' if mail else 'not '}mailed" in said
    draft = session.sent[-1]
    assert isinstance(draft, ReturnsDraft)
    assert (draft.move, draft.notify) == (ReturnAction.APPROVE_REQUEST, mail)
