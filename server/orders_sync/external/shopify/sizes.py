"""How many to ask for at once: learnt from what the shop says each request costs.

A connection's cost grows with its size, and no request may ask for more than 1,000 points (`facts` of the shop; its figure for
a document is not published). So the first page is small, and each answer sizes the next.
"""

from __future__ import annotations

from orders_sync.external.shopify.answers import Answer

AIM_POINTS = 800.0
"""What one request should ask for: most of what it may, with room for the estimate to be wrong."""


class PageSize:
    """The size of the next request for one document."""

    def __init__(self, first: int, most: int) -> None:
        self.size = first
        self._most = most
        self._proven = most

    def learn(self, asked: int, answer: Answer) -> None:
        """An answer for `asked` items came: grow or shrink towards the aim, at most fourfold, never past what was refused."""
        if answer.requested is None or answer.requested <= 0 or asked <= 0:
            return
        aim = AIM_POINTS if answer.throttle is None else min(AIM_POINTS, answer.throttle.maximum * 0.8)
        fitting = int(asked * aim / answer.requested)
        self.size = max(1, min(fitting, asked * 4, self._proven, self._most))

    def refused(self, asked: int) -> bool:
        """The shop found `asked` items too costly. False when there is nothing smaller to ask for."""
        if asked <= 1:
            return False
        self._proven = self.size = max(1, asked // 2)
        return True
