"""What stands around the orders: alerts, figures, what was done here; and taking orders out into a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from orders_tui import export, wording
from orders_tui.context.outcome import orders
from orders_tui.errors import ApiError, UsageError
from orders_tui.plain.desk import Desk, Misread
from orders_tui.plain.news import alert_line
from orders_tui.query.alerts import named
from orders_tui.session.log import ActionEntry
from orders_wire.vocabulary import Tab

SNOOZE_S = 3600.0
LOGGED = 20
"""Entries of the log, newest last."""


class Around:
    """Alerts are known by the numbers that they were listed with."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._alerts: list[str] = []

    async def alerts(self, which: str = "") -> None:
        """What is open, the worst first, or those that a word names; data gaps behind it."""
        desk, alerts = self.desk, self.desk.session.open_alerts
        alerts.choose(named(which, desk.name))
        await alerts.everything()
        now = desk.pace.now()
        found = [*alerts.shown(now), *(desk.session.alerts.gaps(now) if not which else ())]
        self._alerts = [alert.alert_id for alert in found]
        desk.console.say(f"{which} alerts: {len(found)}" if which else f"alerts and data gaps: {len(found)}")
        desk.console.numbered(
            f"{alert_line(alert, now, desk.zone_name)}, {desk.instant(alert.created_at)}" for alert in found
        )
        if not (coverage := alerts.coverage).whole:
            why = (
                "this server is older and tells no more" if coverage.older else coverage.problem or "not asked for yet"
            )
            desk.console.say(f"there may be more: {why}")

    async def put_away(self, *, snooze: bool) -> None:
        """Alerts, by their numbers, until their cause ends or for an hour."""
        await self.alerts()
        if not self._alerts:
            return
        given = await self.desk.console.ask("which of them? numbers, as 1 3")
        words = given.replace(",", " ").split()
        if not words or not all(word.isdecimal() and 1 <= int(word) <= len(self._alerts) for word in words):
            raise Misread(f"{given or 'nothing'} names no alert; there are 1 to {len(self._alerts)}")
        ids = [self._alerts[int(word) - 1] for word in words]
        if snooze:
            self.desk.session.snooze(ids, SNOOZE_S)
        else:
            self.desk.session.acknowledge(ids)
        self.desk.console.say(f"{len(ids)} {'snoozed for an hour' if snooze else 'read'}")

    def put_back(self) -> None:
        """Every alert that was put away."""
        hidden = len(self.desk.session.alerts.hidden())
        self.desk.session.alerts.show_again()
        self.desk.console.say(f"{hidden} put back" if hidden else "no alert was read or snoozed")

    def figures(self) -> None:
        """The state of the desk: what there is to do, how late, how big each tab is."""
        page = self.desk.session.table.summary
        if page is None:
            self.desk.console.say("the server has not told the figures yet")
            return
        figures = page.metrics
        ready = "" if figures.ready is None else f", {figures.ready} of them ready"
        self.desk.console.say(
            f"{figures.awaiting_fulfillment} to fulfil{ready}, {figures.overdue} overdue ({figures.overdue_pct:.0%}), "
            f"{figures.breaches} breaches, {figures.awaiting_tracking} without a tracking number, "
            f"{figures.avg_fulfillment_hours:.1f} hours to fulfil on average"
        )
        self._tabs()

    def log(self) -> None:
        """What was done here, oldest first."""
        entries = self.desk.session.actions.log
        self.desk.console.say("what was done here, oldest first" if entries else "nothing was done yet")
        self.desk.console.say(*map(self._entry, entries[-LOGGED:]))

    def _entry(self, entry: ActionEntry) -> str:
        order = self.desk.order(entry.order_ids[0]) if len(entry.order_ids) == 1 else None
        reason = "; ".join(dict.fromkeys(failure.message for failure in entry.failures)) or entry.message
        said = (
            f"{self.desk.instant(entry.started_at)}, {orders(entry.order_ids, order)} {entry.draft.done}: {entry.state}"
        )
        return f"{said}, {reason}" if reason else said

    async def export(self) -> None:
        """Marks, or all that matches, into a new file."""
        desk = self.desk
        path = await desk.console.ask("a new file that ends in .csv or .json, blank for none")
        if not path:
            return
        try:
            target = desk.target()
            found = list(target.orders) if target.marked else [*(await desk.session.collect_matching()).orders]
            written = await asyncio.to_thread(lambda: export.write(found, Path(path).expanduser()))
        except (ApiError, UsageError) as error:
            desk.console.say(str(error))
            return
        desk.console.say(f"{len(found)} orders written to {written}; only you can read it")

    def _tabs(self) -> None:
        """Every tab with its size."""
        page = self.desk.session.table.summary
        sizes = page.tabs if page is not None else {}
        self.desk.console.numbered(f"{wording.tab(tab)[0]}, {sizes.get(tab, 'not known')}" for tab in Tab)
