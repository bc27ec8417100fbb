"""An outbox and dead letters in memory."""

from __future__ import annotations

from tests.tui.screens.desk_data import ago

from orders_wire.detail import OutboxEntry
from orders_wire.people import DeadLetter, DeadLettersAnswer, OutboxAnswer
from orders_wire.vocabulary import DeadLetterState, OutboundState


class FakeOutgoing:
    """Remembers what was decided."""

    def __init__(self) -> None:
        self.decided: list[str] = []

    async def outbox(self) -> OutboxAnswer:
        states = (OutboundState.DEAD, OutboundState.NEEDS_REVIEW, OutboundState.QUEUED, OutboundState.DONE)
        items = [
            OutboxEntry(
                id=f"o{at}",
                target=("erp", "shopify", "shopify", "support")[at],
                kind=("return", "fulfillment", "metafields", "escalation")[at],
                state=each,
                attempts=(8, 0, 1, 1)[at],
                last_error="503 from the ERP" if each is OutboundState.DEAD else None,
                order_number=f"#{104101 + at}",
                created_at=ago(at + 0.5),
            )
            for at, each in enumerate(states)
        ]
        return OutboxAnswer(items=items)

    async def dead_letters(self) -> DeadLettersAnswer:
        letter = DeadLetter(
            id="d1",
            topic="orders/updated",
            reason="line_items: not a list",
            state=DeadLetterState.DEAD,
            received_at=ago(2),
            size_bytes=4096,
        )
        return DeadLettersAnswer(items=[letter])

    async def outbox_retry(self, entry_id: str) -> None:
        self.decided.append(f"retry {entry_id}")

    async def outbox_discard(self, entry_id: str) -> None:
        self.decided.append(f"discard {entry_id}")

    async def dead_letter_retry(self, letter_id: str) -> None:
        self.decided.append(f"retry {letter_id}")

    async def dead_letter_discard(self, letter_id: str) -> None:
        self.decided.append(f"discard {letter_id}")
