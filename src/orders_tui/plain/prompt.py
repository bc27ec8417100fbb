"""The prompt: what is typed at it, as a command with what it takes, and what each command of the registry does here.

Invariant: every command of the registry is among the handlers here, or in `NOT_HERE` (a test holds that).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import isawaitable

from orders_tui import wording
from orders_tui.commands import ACTING, Command, Group
from orders_tui.config import Config
from orders_tui.config.own_commands import OwnCommand
from orders_tui.errors import ClientError, ReadOnly
from orders_tui.plain.acting import Acting
from orders_tui.plain.around import Around
from orders_tui.plain.console import Ended, Interrupted, Left
from orders_tui.plain.desk import Desk, Misread
from orders_tui.plain.listing import Listing
from orders_tui.plain.marks import Marks
from orders_tui.plain.mentions import mentions
from orders_tui.plain.not_here import NOT_HERE
from orders_tui.plain.one_order import OneOrder
from orders_tui.plain.outgoing import outbox
from orders_tui.plain.own import Own
from orders_tui.plain.picking import Picking
from orders_tui.plain.saving import save_view
from orders_tui.plain.shops import other_shop
from orders_tui.registry import OWN
from orders_tui.session.protocols import Outgoing
from orders_tui.words.line import read
from orders_wire.vocabulary import Tab

Handler = Callable[[str], Awaitable[None] | None]

NUMBERS = frozenset({"mark.toggle", "mark.range", "go.open"})
"""Commands that take numbers of the list here."""
OFFLINE = frozenset({"order.bench"})
"""Acts that begin without a server: counts go on, and a label waits."""
MORE = re.compile(r"more|", re.IGNORECASE)
LEAVING_S = 15.0
"""So long an answer is waited for when the desk is left."""


class Prompt:
    """Reads one line after another and does it, until the desk is left."""

    def __init__(self, desk: Desk, outgoing: Outgoing | None = None) -> None:
        self.desk = desk
        self._list, self._order, self._around = Listing(desk), OneOrder(desk), Around(desk)
        self._acting, self._outgoing = Acting(desk), outgoing
        self._left = False
        self.goes_to: Config | None = None
        """The shop that is opened once this desk has been left."""
        self._own = Own(desk)
        self._picking = Picking(desk, self._acting, self._own.prints)
        self.handlers = self._acts() | self._looks() | self._marks() | self._of_desk()

    async def run(self) -> None:
        """From the first list to the end. What was sent goes on, whatever ends it."""
        await asyncio.to_thread(self._own.prints.sweep)
        await self._guarded(self._list.list)
        interrupted = False
        while not self._left:
            self.desk.session.be_at(self.desk.current or None)
            try:
                line = await self.desk.console.ask(self._question())
            except Ended:
                break
            except Interrupted:
                if interrupted:
                    break
                interrupted = True
                self.desk.console.say("ctrl+c again leaves, as quit does; what was sent goes on")
                continue
            except Left:
                self.desk.console.say("nothing is being asked; quit leaves the desk, and :cancel cancels an order")
                continue
            interrupted = False
            await self._guarded(partial(self.do, line))
        await self._leave()

    async def close(self) -> None:
        """No program outlives the desk, and nothing that was printed."""
        await self._own.close()

    async def _guarded(self, what: Callable[[], Awaitable[None]]) -> None:
        """Whatever stands in the way is a sentence, and the next line is asked for."""
        try:
            await what()
        except (Misread, ClientError) as problem:
            self.desk.console.say(str(problem))
        except Left:
            self.desk.console.say("left; nothing was done")
        except Ended:
            self._left = True

    def _question(self) -> str:
        view = self.desk.session.table.view
        parts = [f"{view.pinned or wording.tab(view.query.tab)[0]} {view.span.total}"]
        if view.new_count:
            parts.append(f"{view.new_count} new (refresh shows them)")
        if self.desk.marks:
            parts.append(f"{len(self.desk.marks)} marked")
        if unread := self.desk.session.mentions.count:
            parts.append(f"@me {unread}")
        if self.desk.current:
            parts.append(f"on {self.desk.number(self.desk.current)}")
        if not self.desk.session.connection.acts:
            parts.append("reading only")
        return ", ".join(parts)

    async def do(self, line: str) -> None:
        """One line: a number opens an order, `more` turns the page, all else is a command."""
        line = line.removeprefix(":").strip()
        if MORE.fullmatch(line):
            await self._list.turn(1)
            return
        if line[0].isdigit() or line.startswith("#"):
            await self._order.show(line)
            return
        command, _, argument = self.desk.commands.parse_line(line)
        if command is not None and command.id in NUMBERS:
            await self._perform(command, argument)
            return
        reading = read(line, self.desk.commands, self.desk.known(), self.desk.name or None)
        if reading.meant is not None:
            await self._perform(reading.meant.command, reading.meant.argument)
        elif command is not None and command.id in NOT_HERE:
            self.desk.console.say(NOT_HERE[command.id])
        elif command is not None and reading.fault == "" and reading.offers:
            await self._perform(reading.offers[0].command, reading.offers[0].argument)
        else:
            near = ", ".join(offer.text for offer in reading.offers[:5] if f" {offer.text}?" not in reading.fault)
            maybe = f"; like it are {near}" if near else "; help lists every word"
            self.desk.console.say(f"{reading.fault or f'{line} is not clear'}{maybe}")

    async def _perform(self, command: Command, argument: str) -> None:
        """Does a command, or says why not."""
        reason = NOT_HERE.get(command.id) or self._why_not(command)
        if reason:
            self.desk.console.say(reason)
            return
        done = self.handlers[command.id](argument)
        if isawaitable(done):
            await done

    def _why_not(self, command: Command) -> str:
        desk, acts = self.desk, command.group is Group.ACT
        if command.id not in self.handlers:
            return f"{command.label} needs a screen"
        if command.group in ACTING and desk.config.read_only:
            return str(ReadOnly())
        if not desk.role.includes(command.role):
            return f"{command.label} needs the role {command.role}; you are {desk.role}"
        connection = desk.session.connection
        if acts and not connection.acts and command.action is None and command.id not in OFFLINE:
            return f"{connection.state.replace('_', ' ')}: reading only"
        return ""

    # -- what each command does

    def _acts(self) -> dict[str, Handler]:
        acting = self._acting
        forms = {
            command.id: partial(acting.open, command, command.action)
            for command in self.desk.commands
            if command.action is not None
        }
        return {
            **forms,
            "order.mine": lambda _: acting.mine(),
            "order.bench": self._pack,
            "action.undo": lambda _: acting.undo(),
            "action.repeat": lambda _: acting.repeat(),
            "action.retry": lambda _: acting.retry(),
            **{OWN + own.name: partial(self._run_own, own) for own in self.desk.config.commands},
        }

    async def _pack(self, order: str) -> None:
        """Scans a parcel, that of the order looked at first."""
        from orders_tui.plain.packing import pack

        target = self.desk.target()
        await pack(self.desk, order or (target.ids[0] if len(target.ids) == 1 else ""))

    async def _run_own(self, own: OwnCommand, _: str) -> None:
        await self._own.run(own, await self._acting.target(self.desk.commands[OWN + own.name]))

    def _looks(self) -> dict[str, Handler]:
        listing, order, around = self._list, self._order, self._around
        tabs: dict[str, Handler] = {f"tab.{tab}": lambda _, tab=tab: listing.show_tab(tab) for tab in Tab}  # type: ignore[misc]
        return {
            **tabs,
            "tab.next": lambda _: listing.next_tab(1),
            "tab.previous": lambda _: listing.next_tab(-1),
            "tab.back": lambda _: listing.last_tab(),
            "tab.pinned": lambda _: listing.pinned(),
            "tab.open": listing.tab,
            "go.down": lambda _: order.neighbour(1),
            "go.up": lambda _: order.neighbour(-1),
            "go.next_order": lambda _: order.neighbour(1),
            "go.previous_order": lambda _: order.neighbour(-1),
            "go.first": lambda _: listing.end(-1),
            "go.last": lambda _: listing.end(1),
            "go.next_page": lambda _: listing.turn(1),
            "go.previous_page": lambda _: listing.turn(-1),
            "go.open": order.show,
            "go.customer": lambda _: listing.customer(),
            "go.back": lambda _: order.back(),
            "find.search": listing.filter,
            "find.clear": lambda _: listing.clear(),
            "find.sort": listing.sort,
            "view.open": listing.view,
            "view.save": partial(save_view, self.desk),
            "view.timeline": lambda _: order.timeline(),
            "view.sidebar": around.alerts,
            "alert.acknowledge": lambda _: around.put_away(snooze=False),
            "alert.snooze": lambda _: around.put_away(snooze=True),
            "alert.return": lambda _: around.put_back(),
            "view.log": lambda _: around.log(),
            "view.mentions": lambda _: mentions(self.desk, order),
            "view.pulse": lambda _: around.figures(),
            "take.browser": lambda _: order.browser(),
            "take.export": lambda _: around.export(),
            "take.pick": lambda _: self._picking.pick(),
        }

    def _marks(self) -> dict[str, Handler]:
        marks = Marks(self.desk)
        return {
            "mark.toggle": marks.toggle,
            "mark.range": marks.toggle,
            "mark.all": lambda _: marks.toggle("all"),
            "mark.none": lambda _: marks.clear(),
        }

    def _of_desk(self) -> dict[str, Handler]:
        return {
            "view.outbox": lambda _: self._show_outbox(),
            "desk.refresh": lambda _: self._list.refresh(),
            "desk.shop": self._shop,
            "desk.help": lambda _: self._help(),
            "desk.quit": lambda _: self._quit(),
            "desk.quit_now": lambda _: self._quit(),
        }

    async def _show_outbox(self) -> None:
        if self._outgoing is None:
            self.desk.console.say("the outbox needs a server")
        else:
            await outbox(self.desk, self._outgoing)

    async def _shop(self, name: str) -> None:
        self.goes_to = await other_shop(self.desk, name)
        self._left = self.goes_to is not None

    def _help(self) -> None:
        say = self.desk.console.say
        say("a number opens that order; more, or a blank line, shows the next page; cancel leaves a question.")
        say("actions are about the marked orders, else about the one that is open.")
        for group in Group:
            here = [each for each in self.desk.commands if each.group is group and each.id in self.handlers]
            if here:
                say(f"{group}:")
                say(*(f"  {_usage(command)}: {command.explanation}" for command in here))

    def _quit(self) -> None:
        self._left = True

    async def _leave(self) -> None:
        """Waits for what has no answer yet; what is held back until it can no longer be taken back goes by itself."""
        desk, actions = self.desk, self.desk.session.actions
        if actions.unsettled:
            desk.console.say(f"waiting for the answer to {len(actions.unsettled)}")
            await desk.until(lambda: not actions.unsettled, LEAVING_S)
        desk.console.tell_news()
        open_still = len(actions.unsettled)
        desk.console.say(f"left; {open_still} without an answer yet, look at them again" if open_still else "left")


def _usage(command: Command) -> str:
    takes = "numbers" if command.id in NUMBERS else str(command.argument)
    return f"{command.word} {takes}".rstrip()
