"""From one shop to another in the same terminal: the other desk opens as a fresh start would open it.

Invariants: the desk on show is not touched before the other profile was read whole and its server has answered; nothing of it is
on screen afterwards; an action that is on its way when a desk is left arrives, and what became of it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.notifications import SeverityLevel

from orders_tui import themes
from orders_tui.api.client import SyncApi
from orders_tui.app import DeskApp, RunningSession
from orders_tui.config import Config, profiles
from orders_tui.config.settings import not_a_server
from orders_tui.context.outcome import orders, sentence
from orders_tui.context.shops import Shop
from orders_tui.errors import ClientError, SignInNeeded, UsageError
from orders_tui.session.bulk import OutcomeKind
from orders_tui.session.changes import ActionSettled, BulkChanged, Change
from orders_tui.session.log import PAST, ActionEntry, ActionState
from orders_tui.startup import first_page
from orders_tui.startup.start import Load, Start
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.context.context import Context

_SEVERITY: dict[str, SeverityLevel] = {Tone.GOOD: "information", Tone.BAD: "error"}
TOLD_S = 20.0
"""So long what became of an action at another shop stays on screen; it stands nowhere else there."""


@dataclass(frozen=True, slots=True)
class ReadyStart:
    """A start that nothing stands against."""

    start: Start

    @property
    def config(self) -> Config:
        return self.start.config


class Shops:
    """See the module. `present` is the desk on show."""

    def __init__(self, app: DeskApp, present: Start, load: Load) -> None:
        self._app, self._load = app, load
        self._started, self.present = present.config, present
        self._names: list[str] = []
        self._left: list[LeftDesk] = []

    @property
    def unsettled(self) -> Sequence[ActionEntry]:
        return [entry for desk in self._left for entry in desk.unsettled]

    def names(self) -> list[str]:
        """As they were last read: what is wrong with the file by now is said when one is gone to."""
        with suppress(ClientError):
            self._names = profiles()
        return self._names

    def all(self) -> list[Shop]:
        """The profiles; before them where the client was started, unless that is one of them."""
        here, names = self.present.config, self.names()
        shops = [self._shop(name, here) for name in names]
        named = self._started.profile in names
        start = [] if named else [Shop(self._started.profile or "", self._started, present=here is self._started)]
        return [*start, *shops]

    def _shop(self, name: str, here: Config) -> Shop:
        try:
            return Shop(name, self._config(name), present=name == here.profile)
        except ClientError as error:
            return Shop(name, replace(self._started, environment=None, band=None), problem=_without_path(error))

    async def ready(self, name: str) -> ReadyStart:
        return await self._ready(self._config(name))

    def _config(self, name: str) -> Config:
        """Raises ConfigError."""
        return self._started if name == (self._started.profile or "") else self._load(name)

    async def ready_at(self, server: str) -> ReadyStart:
        """Raises ClientError. What was said of another server, its token above all, is not said to this one."""
        if problem := not_a_server(server):
            raise UsageError(f"that {problem}")
        here, server = self.present.config, server.rstrip("/")
        if server == here.server:
            return await self._ready(here)
        other = replace(here, server=server, token=None, profile=None, environment=None, band=None, desk=None)
        return await self._ready(other)

    async def _ready(self, config: Config) -> ReadyStart:
        """Raises ClientError. A server that wants another token is entered: it is asked for there."""
        themes.require(config)
        self.present.save()
        start = Start(config, load=self._load)
        async with SyncApi(config.server, config.token, config.name) as api:
            with suppress(SignInNeeded):
                await api.me()
        return ReadyStart(start)

    def enter(self, opening: object) -> None:
        assert isinstance(opening, ReadyStart)
        self._app.run_worker(self._enter(opening.start), name="opening another shop", exit_on_error=True)

    async def _enter(self, start: Start) -> None:
        self.present.save()
        running, work = self.present.running, self.present.work
        if running is not None and work is not None:
            running.silence()
            self._left.append(LeftDesk(running, work, self._tell))
        self.present = start
        start.shops = self
        start.first_page = first_page.request(start.config)
        await start.show(self._app)

    def _tell(self, desk: LeftDesk, text: str, tone: str) -> None:
        """What became of something at a shop that was left; nothing holds it back."""
        severity: SeverityLevel = _SEVERITY.get(tone, "warning")
        self._app.notify(text, title=desk.name, severity=severity, timeout=TOLD_S, markup=False)

    def run_instead(self, *arguments: str) -> None:
        self._app.then = arguments
        self._app.exit()

    def save(self) -> None:
        """Writes down how the desk on show was left."""
        self.present.save()


def _without_path(error: ClientError) -> str:
    """What is wrong with a profile, where all are of one file."""
    _, colon, problem = str(error).partition(": ")
    return problem if colon else str(error)


class LeftDesk:
    """A desk that was left: it goes on, unseen, until everything that was sent from it has its outcome."""

    def __init__(self, running: RunningSession, work: Context, tell: Callable[[LeftDesk, str, str], None]) -> None:
        self._running, self._work, self._tell = running, work, tell
        config, me = work.config, work.session.me
        self.name = config.profile or (me.shop if me is not None else config.server)
        self._told = {run.id for run in work.session.actions.runs if run.finished}
        self._unsubscribe = work.session.subscribe(self._changed)
        self._end_if_settled()

    @property
    def unsettled(self) -> Sequence[ActionEntry]:
        return self._work.session.actions.unsettled

    def _changed(self, change: Change) -> None:
        match change:
            case ActionSettled(entry=entry) if not self._of_run(entry):
                order = self._work.session.table.order(entry.order_ids[0]) if len(entry.order_ids) == 1 else None
                self._say(entry, orders(entry.order_ids, order))
            case BulkChanged(run=run) if run.finished and run.id not in self._told:
                self._told.add(run.id)
                words = f"{run.counts()[OutcomeKind.DONE]} of {len(run.outcomes)} {run.draft.done}"
                self._tell(self, words, Tone.WARN if run.needs_somebody else Tone.GOOD)
            case ActionSettled() | BulkChanged():
                pass
            case _:
                return
        self._end_if_settled()

    def _of_run(self, entry: ActionEntry) -> bool:
        """Whether it is told of with others, once all have ended."""
        return entry.draft.undoes is None and any(run.id == entry.batch for run in self._work.session.actions.runs)

    def _say(self, entry: ActionEntry, title: str) -> None:
        """What is done cannot be taken back from another shop."""
        settled = replace(entry, undo_until=PAST) if entry.state is not ActionState.FAILED else entry
        text, tone = sentence(settled, title, self._work.pace.now(), "")
        self._tell(self, text, tone)

    def _end_if_settled(self) -> None:
        actions = self._work.session.actions
        if not actions.unsettled and all(run.finished for run in actions.runs):
            self._unsubscribe()
            self._running.stop()
