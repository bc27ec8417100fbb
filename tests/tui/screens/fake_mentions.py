"""Notes that name the operator, in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection

from tests.tui.screens.desk_data import ORDERS, ago

from orders_tui.errors import ApiError
from orders_tui.session.changes import Change, MentionsChanged
from orders_wire.mentions import Mention

ASKED = (
    "@ana can you call the customer before ten? She asked for the black one in M, which is sold out until Thursday, and would "
    "take navy if it leaves today; otherwise she wants her money back, which bo has promised her on the phone already."
)


def mention(number: int, by: str, text: str, hours: float) -> Mention:
    """One about the order at this place of the sample."""
    order = ORDERS[number]
    return Mention(
        id=f"m{number}",
        order_id=order.id,
        order_number=order.order_number,
        note_id=f"n{number}",
        by=by,
        at=ago(hours),
        text=text,
    )


SOME = (
    mention(1, "bo", ASKED, 0.2),
    mention(4, "Zoë", "@ana done", 3),
    mention(7, "bo", "", 30),
    mention(9, "anton", "for @ana and @bo: the pallet for Berlin comes tomorrow", 50),
)


class FakeMentions:
    """`refusal` is what the server says to everything."""

    def __init__(self, tell: Callable[[Change], None]) -> None:
        self._tell = tell
        self._all: tuple[Mention, ...] = ()
        self._unread: frozenset[str] = frozenset()
        self.refusal: ApiError | None = None
        self.sent: list[tuple[str, ...]] = []

    def come(self, mentions: Collection[Mention] = SOME, unread: Collection[str] = ("m1", "m4")) -> None:
        """These are there now."""
        self._all, self._unread = tuple(mentions), frozenset(unread)
        self._tell(MentionsChanged())

    @property
    def unread(self) -> tuple[Mention, ...]:
        return tuple(each for each in self._all if each.id in self._unread)

    @property
    def count(self) -> int:
        return len(self.unread)

    async def all(self) -> tuple[Mention, ...]:
        if self.refusal is not None:
            raise self.refusal
        return self._all

    async def read(self, ids: Collection[str]) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(tuple(sorted(ids)))
        self._unread -= frozenset(ids)
        self._tell(MentionsChanged())
