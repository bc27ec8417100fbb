"""The shops that can be gone to from here, without leaving the client: the profiles, and where it was started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orders_tui.config import Config

if TYPE_CHECKING:
    from orders_tui.context.context import Context
    from orders_tui.session.log import ActionEntry


@dataclass(frozen=True, slots=True)
class Shop:
    """One of them, by its profile's name; empty: where the client was started without one. `problem`: why it cannot be used."""

    name: str
    config: Config
    present: bool = False
    problem: str = ""


class Opening(Protocol):
    """A shop whose profile can be used and whose server has answered."""

    @property
    def config(self) -> Config: ...


class Shops(Protocol):
    """What screens ask for. `unsettled` are actions on their way to shops that were left."""

    @property
    def unsettled(self) -> Sequence[ActionEntry]: ...
    def names(self) -> list[str]:
        """Of the profiles, as `:shop` takes them."""
        ...

    def all(self) -> list[Shop]:
        """Every one, read anew from the configuration."""
        ...

    async def ready(self, name: str) -> Opening:
        """Looks whether a profile can be used and its server answers. Raises ClientError; nothing has changed then."""
        ...

    async def ready_at(self, server: str) -> Opening:
        """The same for an address. Raises ClientError."""
        ...

    def enter(self, opening: Opening) -> None:
        """Leaves the desk on show, and opens the other in its place."""
        ...

    def run_instead(self, *arguments: str) -> None:
        """Ends the client, and begins another command of `orders-tui` in its place once the terminal is given back."""
        ...


def at_stake(work: Context) -> str:
    """What leaving this desk would leave behind, as a sentence; empty when nothing is being done."""
    actions, drafts = work.session.actions, work.session.drafts
    sending, undoable = len(actions.unsettled), len(actions.undoables())
    running = sum(not run.finished for run in actions.runs)
    typed = sum(draft.in_book and not draft.on_disk for draft in drafts.all()) + bool(work.handover.strip())
    programs = len(work.programs.running)
    parts = [
        f"{sending} on the way" if sending else "",
        f"{running} bulk run{'s' if running > 1 else ''} not ended" if running else "",
        f"{work.key('action.undo')} could still take back what was done" if undoable else "",
        f"{programs} of your commands running" if programs else "",
        f"{typed} draft{'s' if typed > 1 else ''} kept only here" if typed else "",
    ]
    return ", ".join(part for part in parts if part)
