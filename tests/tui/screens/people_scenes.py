"""Others at the desk as an operator meets them: who mentions them, who is at an order."""

from __future__ import annotations

from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.scene import Scene

from orders_tui.errors import Unreachable
from orders_wire.vocabulary import ActionName

MENTIONS = ("colon", *"mentions", "enter")
LONG = "Bartholomäus von und zu Hohenfels-Waldburg"


def _mentioned(session: FakeSession) -> None:
    session.mentions.come()


def _mentions_lost(session: FakeSession) -> None:
    session.mentions.come()
    session.mentions.refusal = Unreachable("no server answers at the address http://127.0.0.1:8765")


def _met(session: FakeSession) -> None:
    """Somebody fulfils the first order, several are at the second, one with a long name at the fourth."""
    ids = [row.order.id for row in session.table.view.rows]
    session.meet(ids[0], ("bo", ActionName.FULFILL))
    session.meet(ids[1], ("bo", None), ("zoe", ActionName.HOLD), ("anton", None), ("eva", None))
    session.meet(ids[3], (LONG, None))


PEOPLE = [
    Scene("mentions", MENTIONS, given=_mentioned, last=("j",)),
    Scene("mentions_none", MENTIONS),
    Scene("mentions_lost", MENTIONS, given=_mentions_lost, last=("x",)),
    Scene("present", ("j", "j"), given=_met, then=_mentioned, last=("k", "k")),
    Scene("present_at_order", ("j", "enter"), then=_met),
    Scene("present_at_fulfilling", ("f",), then=_met),
]
