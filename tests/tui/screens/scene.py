"""A scene: what is done to the desk before it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.tui.screens.fake_session import FakeSession


def _nothing(session: FakeSession) -> None:
    """As it opens."""


@dataclass(frozen=True)
class Scene:
    """`given` before the desk opens, `press`, `typed` and `last` by the operator, `then` what the session says."""

    name: str
    press: tuple[str, ...] = ()
    typed: str = ""
    last: tuple[str, ...] = ()
    given: Callable[[FakeSession], None] = _nothing
    then: Callable[[FakeSession], None] = _nothing
    settings: dict[str, object] = field(default_factory=dict)
