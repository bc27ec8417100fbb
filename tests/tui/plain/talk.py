"""A conversation with the desk without a screen: lines in, and all that it said."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.tui.screens.desk_data import NOW
from tests.tui.screens.fake_outgoing import FakeOutgoing
from tests.tui.screens.fake_session import FakeSession

from orders_tui.config import Config
from orders_tui.pace import Pace
from orders_tui.plain.console import Console, Ended
from orders_tui.plain.desk import Desk
from orders_tui.plain.news import News
from orders_tui.plain.prompt import Prompt
from orders_tui.registry import commands_of
from orders_tui.views.saved_view import SavedView
from orders_wire.vocabulary import Tab

LATE = SavedView(Tab.OVERDUE, "owner:none", pinned=True)

Line = str | Callable[[], str]
"""What is typed; a function makes it when it is asked for."""


class Talk:
    """`typed` is given line by line, then the end of input."""

    def __init__(self, session: FakeSession, typed: Iterable[Line] = (), **config: object) -> None:
        self.session = session
        self._lines = iter(typed)
        self.out = ""
        pace = Pace(now=lambda: NOW)
        console = Console(self._next, self._write, echo=True)
        settings = Config(**config)  # type: ignore[arg-type]
        self.desk = Desk(session, console, settings, pace, commands_of(settings), {"late": LATE})
        console.news = News(session, pace.now).take
        self.prompt = Prompt(self.desk, FakeOutgoing())

    async def _next(self) -> str:
        line = next(self._lines, None)
        if line is None:
            raise Ended
        return line if isinstance(line, str) else line()

    def _write(self, text: str) -> None:
        self.out += text

    async def run(self) -> str:
        """Everything that was said, from the first list to the end."""
        await self.prompt.run()
        return self.out


async def talk(session: FakeSession, *typed: Line, **config: object) -> str:
    """What is said when these lines are typed."""
    return await Talk(session, typed, **config).run()
