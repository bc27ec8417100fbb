"""The bench from a plain prompt."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.plain.talk import Talk
from tests.tui.screens import packing_data
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.packing_data import LABEL, MUG, TEE

from orders_tui.actions.pack import PackDraft
from orders_tui.packing.folder import ParcelFolder
from orders_tui.session.log import ActionState


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders_tui.plain.packing.ANSWER_S", 0.02)


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


async def _said(session: FakeSession, folder: Path, *typed: object) -> str:
    talk = Talk(session, typed)  # type: ignore[arg-type]
    talk.desk.packing = folder
    return " ".join((await talk.run()).split())


async def test_a_parcel_from_slip_to_label(session: FakeSession, tmp_path: Path) -> None:
    packing_data.show(session)
    number = packing_data.first(session).order_number

    def sent() -> str:
        session.settle(ActionState.DONE)
        return "cancel"

    out = await _said(
        session, tmp_path, "bench", number, TEE, "wrong", MUG, "cancel", MUG, TEE, "cap-red", "", LABEL, sent, "quit"
    )
    (draft,) = session.sent
    assert isinstance(draft, PackDraft)
    assert (draft.scanned, draft.by_hand) == (4, 1)
    for words in (
        "scan, or type; cancel goes one level back",
        "0 of 1, Greeting card, no barcode",
        f"WRONG: wrong is not in {number}: take it away",
        "1 came meanwhile and did not count",
        f"{number}, 3 of 5 packed, item:",
        "Greeting card, by hand",
        "5 of 5 packed, all are packed; label:",
    ):
        assert words in out, words


async def test_what_was_counted_and_what_changed_is_said(session: FakeSession, tmp_path: Path) -> None:
    packing_data.show(session)
    order = packing_data.first(session)

    def changed() -> str:
        packing_data.change(session)
        return ""

    typed = ("1", "pack", TEE, MUG, "", changed, "", ":hand nothing", "cancel", "cancel", "cancel", "quit")
    out = await _said(session, tmp_path, *typed)
    assert f"{order.order_number} changed; a blank line confirms it" in out
    assert "nothing of MUG-01 is owed any more; take 1 out" in out
    assert "has no such line; it has TEE-BLK-M, Greeting card, CAP-RED" in out
    assert "put aside with 2 packed; its slip opens it again" in out
    assert [each.parcel.count for each in ParcelFolder(tmp_path).all()] == [2]
    again = await _said(session, tmp_path, "bench", order.order_number, "cancel", "cancel", "quit")
    assert f"begun and not sent: {order.order_number}, 2 of 3 packed" in again
    assert f"{order.order_number}, 2 of 3 packed, item:" in again
