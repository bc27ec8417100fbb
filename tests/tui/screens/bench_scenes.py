"""The bench, from an empty one to the next slip."""

from __future__ import annotations

from tests.tui.screens import packing_data
from tests.tui.screens.desk_data import ago
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.packing_data import LABEL, MUG, TEE
from tests.tui.screens.scene import Scene

from orders_tui.feed import ConnectionState
from orders_tui.session.log import ActionState

HALF, ALL = f"{TEE}\n{MUG}\n", f"{TEE}\n{TEE}\n{MUG}\nCAP-RED\n:hand Greeting card\n"


def _offline(session: FakeSession) -> None:
    session.set_line(state=ConnectionState.OFFLINE, since=ago(0.1))


def _done(session: FakeSession) -> None:
    session.settle(ActionState.DONE)


BENCH = [
    Scene("bench", ("9", "B")),
    Scene("bench_half", ("B",), HALF, given=packing_data.show),
    Scene("bench_alarm", ("B",), f"{HALF}4023456789012\n{TEE}\n{TEE}\n", given=packing_data.show),
    Scene("bench_label", ("B",), ALL, given=packing_data.show),
    Scene("bench_changed", ("B",), ALL, given=packing_data.show, then=packing_data.change),
    Scene("bench_offline", ("B",), ALL, given=packing_data.show, then=_offline, last=(*LABEL, "enter")),
    Scene("bench_next", ("B",), f"{ALL}{LABEL}\n", given=packing_data.show, then=_done),
]
"""Each is looked at in ASCII too."""
