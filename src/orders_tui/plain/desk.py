"""What a desk without a screen works with: what was listed, what is marked, which order is meant, and how it waits.

Invariant: a number means the order that was listed with it, whatever the list looks like by now.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.commands import BUILT_IN, Argument, CommandSet
from orders_tui.config import Config, profiles
from orders_tui.context.target import Target
from orders_tui.errors import ConfigError
from orders_tui.pace import Pace
from orders_tui.plain.console import Console
from orders_tui.plain.order_lines import row_line
from orders_tui.query.alerts import WORDS
from orders_tui.session.protocols import SessionProtocol
from orders_tui.views.built_in import all_views
from orders_tui.wording.lateness import BREACH_HOURS
from orders_tui.words.arguments import Known, Value, signed
from orders_wire.vocabulary import CancelReason, HoldReason, Role, SortField, Tab

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from orders_tui.session.view import RowView
    from orders_tui.views.saved_view import SavedView
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.people import Me

ANSWER_S = 15.0
"""So long a page or an order is waited for."""
FRESH_S = 2.0
"""So long the page is waited for that shows what an action has made."""
PAGE = 20
"""Orders of a page, where no smaller one is configured: more than that nobody listens to."""

_RANGE = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


Load = Callable[[str], Config]
"""Reads the configuration of another profile. Raises ConfigError."""


class Misread(Exception):
    """What was typed names no order; the message says why."""


@dataclass
class Desk:
    """One operator at one console. `listed`: orders by the number that they were listed with; `current`: the one looked at."""

    session: SessionProtocol
    console: Console
    config: Config = field(default_factory=Config)
    pace: Pace = field(default_factory=Pace)
    commands: CommandSet = BUILT_IN
    own_views: Mapping[str, SavedView] = field(default_factory=dict)
    load: Load | None = None
    packing: Path | None = None
    """Where parcels are kept that were begun; None: nowhere."""
    listed: dict[int, str] = field(default_factory=dict)
    marks: dict[str, None] = field(default_factory=dict)
    current: str = ""

    def __post_init__(self) -> None:
        self._changed = asyncio.Event()
        self.session.subscribe(lambda _: self.moved())

    def moved(self) -> None:
        """Something is otherwise: what is waited for is looked at again."""
        self._changed.set()

    # -- who and when

    @property
    def me(self) -> Me | None:
        return self.session.me

    @property
    def name(self) -> str:
        """The operator's name as the server knows it."""
        return self.me.name if self.me is not None else self.config.name or ""

    @property
    def role(self) -> Role:
        """The server has the last word; until it has spoken nothing is refused here."""
        return self.me.role if self.me is not None else Role.LEAD

    @property
    def zone_name(self) -> str:
        return self.me.time_zone if self.me is not None else "UTC"

    @property
    def zone(self) -> tzinfo:
        return wording.zone(self.zone_name)

    @property
    def breach_hours(self) -> float:
        return self.me.breach_hours if self.me is not None else BREACH_HOURS

    def instant(self, at: datetime | None) -> str:
        """A time in the desk's zone."""
        return wording.instant(at, self.pace.now(), self.zone_name)

    # -- waiting

    async def until(self, done: Callable[[], bool], seconds: float = ANSWER_S) -> bool:
        """Waits for what the session brings about; False where it does not come in time."""
        try:
            async with asyncio.timeout(seconds):
                while not done():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def detail(self, order_id: str) -> OrderDetail | None:
        """The whole order, no older than its row; None, once it was said why, where it cannot be had."""
        table = self.session.table

        def here() -> bool:
            detail, row = table.detail(order_id), table.order(order_id)
            newest = detail is not None and (row is None or detail.version >= row.version)
            return newest or table.detail_problem(order_id) is not None

        await self.until(here)
        detail = table.detail(order_id)
        if detail is None:
            self.console.say(f"the order cannot be read: {table.detail_problem(order_id) or 'no answer in time'}")
        return detail

    async def refreshed(self) -> None:
        """Waits for the page that what was just done leads to: what is looked at next is no older than that."""
        before = self.session.table.view.as_of
        await self.until(lambda: self.session.table.view.as_of != before, FRESH_S)

    # -- which orders

    def line(self, row: RowView) -> str:
        """An order of the list."""
        marked = row.order.id in self.marks
        here = wording.presence(self.session.present.get(row.order.id, ()))
        return row_line(row, self.pace.now(), self.zone_name, self.breach_hours, marked=marked, here=here)

    def order(self, order_id: str) -> Order | None:
        """The order as it is known now."""
        return self.session.table.order(order_id) or self.session.table.detail(order_id)

    def number(self, order_id: str) -> str:
        """`#1001`, of whatever is known of it."""
        order = self.order(order_id)
        return order.order_number if order is not None else order_id

    def ids(self, text: str) -> list[str]:
        """Orders by their numbers in the list: `3`, `1 4-6`, `all`; or by their own: `#1001`. Raises Misread."""
        found: dict[str, None] = {}
        for word in text.replace(",", " ").split():
            found.update(dict.fromkeys(self._named(word)))
        if not found:
            raise Misread("which orders? their numbers in the list, as 3 or 1 4-6, or all")
        return list(found)

    def _named(self, word: str) -> list[str]:
        if word.casefold() == "all":
            return list(self.listed.values())
        if word.startswith("#"):
            known = (order_id for order_id in self.listed.values() if self.number(order_id) == word)
            if (order_id := next(known, None)) is None:
                raise Misread(f"{word} is not in the list; filter {word.lstrip('#')} looks for it")
            return [order_id]
        match = _RANGE.fullmatch(word)
        if match is None:
            raise Misread(f"{word} is no number of the list")
        first, last = int(match[1]), int(match[2] or match[1])
        ids = [self.listed[number] for number in sorted(self.listed) if first <= number <= last]
        if not ids:
            there = f"it has {min(self.listed)} to {max(self.listed)}" if self.listed else "nothing was listed yet"
            raise Misread(f"{word} is not in the list; {there}")
        return ids

    def target(self) -> Target:
        """The marks, else the order that is looked at."""
        ids = tuple(self.marks) or ((self.current,) if self.current else ())
        orders = (self.order(order_id) for order_id in ids)
        return Target(ids, tuple(order for order in orders if order is not None), marked=bool(self.marks))

    # -- what is known

    @property
    def views(self) -> Mapping[str, SavedView]:
        """The saved views, and those that come with the desk."""
        return all_views(self.own_views, self.session.table.summary)

    def tabs(self) -> list[str]:
        """The tabs and the pinned views, as `tab` takes them."""
        return [*(tab.replace("_", "-") for tab in Tab), *(name for name, view in self.views.items() if view.pinned)]

    def profiles(self) -> list[str]:
        """The shops that can be gone to."""
        try:
            return profiles() if self.load is not None else []
        except ConfigError:
            return []

    def known(self) -> Known:
        """The values that may stand behind a word; themes and columns are a screen's."""
        rows = self.session.table.view.rows
        owners = [Value(owner.name, f"{owner.open_orders} open") for owner in self.session.owners]
        return {
            Argument.ORDER: tuple(Value(row.order.order_number, row.order.customer_name or "") for row in rows),
            Argument.OWNER: (*owners, Value("nobody")),
            Argument.REASON: tuple(Value(reason) for reason in HoldReason),
            Argument.CANCEL_REASON: tuple(Value(reason) for reason in CancelReason),
            Argument.SORT: (*signed(Value(by, wording.sort_field(by)) for by in SortField), Value("none")),
            Argument.TAGS: tuple(map(Value, sorted({tag for row in rows for tag in row.order.tags}))),
            Argument.VIEW: tuple(map(Value, self.views)),
            Argument.TAB: tuple(map(Value, self.tabs())),
            Argument.PROFILE: tuple(map(Value, self.profiles())),
            Argument.ALERTS: tuple(map(Value, WORDS)),
        }
