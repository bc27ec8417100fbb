"""How the desk stands to its shop (contract §1, `desk.state`): without one, in the first back-fill, or live."""

from __future__ import annotations

from typing import Any

from orders_sync.db.reading import Reading
from orders_sync.poller import state as poller_state
from orders_wire.vocabulary import DeskState


class DeskStates:
    """What a process tells of it. Once a desk's back-fill has ended nothing is read any more.

    `receives`: there is a webhook secret; `polls`: there is an Admin token, without which there is no back-fill.
    """

    def __init__(self, *, receives: bool, polls: bool) -> None:
        self._receives = receives
        self._polls = polls
        self._filled: str | None = None

    def read(self, conn: Reading, shop_id: int, desk_id: str) -> dict[str, Any]:
        """The fields `state` and `backfill` of a page's `desk`."""
        if not self._polls:
            return _told(DeskState.LIVE if self._receives else DeskState.NO_SHOP)
        if self._filled == desk_id:
            return _told(DeskState.LIVE)
        poller = poller_state.load(conn, shop_id)
        if poller.complete:
            self._filled = desk_id
            return _told(DeskState.LIVE)
        backfill = poller.backfill
        done, total = (backfill.done, max(backfill.total, backfill.done)) if backfill is not None else (0, 0)
        return _told(DeskState.BACKFILL, {"done": done, "total": total})


def _told(state: DeskState, backfill: dict[str, int] | None = None) -> dict[str, Any]:
    return {"state": state, "backfill": backfill}


ALWAYS_LIVE = DeskStates(receives=True, polls=False)
