"""Commands of the operator's own: a program runs for each order, beside the desk, and what came of it is said."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from orders_tui.context.target import Target
from orders_tui.programs.runner import MOST_ORDERS, Run, RunState
from orders_tui.registry import OWN
from orders_tui.screens.command_screen import Commands, CommandScreen, Handler
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.config.own_commands import OwnCommand


class OwnCommands(Commands):
    """Commands `own.*`."""

    def __init__(self, screen: CommandScreen) -> None:
        self.screen = screen

    def handlers(self) -> dict[str, Handler]:
        return {OWN + own.name: partial(self._ask, own) for own in self.screen.work.config.commands}

    def hinted(self) -> list[str]:
        """Those that have a key, for the line of keys."""
        work = self.screen.work
        return [command_id for own in work.config.commands if work.key(command_id := OWN + own.name)]

    def _ask(self, own: OwnCommand, _: str = "") -> None:
        """Runs it on the target; what is dangerous asks first."""
        target = self.screen.target()
        if len(target.ids) > MOST_ORDERS:
            self.screen.say(f"{own.name} takes {MOST_ORDERS} orders at once; {len(target.ids)} are marked", Tone.WARN)
        elif own.dangerous:
            from orders_tui.dialogs.own_command import OwnCommandDialog

            dialog = OwnCommandDialog(self.screen.work, own, target)
            self.screen.ask(dialog, lambda _: self._run(own, target))
        else:
            self._run(own, target)

    def _run(self, own: OwnCommand, target: Target) -> None:
        numbers = {order.id: order.order_number for order in target.orders}
        self.screen.work.programs.start(own, [(order_id, numbers.get(order_id, order_id)) for order_id in target.ids])
        self.screen.say(f"{own.name} runs on {target.title} {self.screen.work.glyphs.ellipsis}", Tone.ACTIVE)

    def changed(self, run: Run) -> None:
        """Says what came of it once all that were begun together have ended."""
        runs = self.screen.work.programs.batch(run)
        if not all(each.ended for each in runs):
            return
        words, tone = _outcome(runs, self.screen.work.key("view.log"))
        if self.screen.is_current:
            self.screen.say(words, tone)
        elif tone is not Tone.GOOD and not isinstance(self.screen.app.screen, CommandScreen):
            self.screen.app.notify(words, severity="warning", markup=False)


def _outcome(runs: list[Run], log_key: str) -> tuple[str, Tone]:
    counts = Counter(run.state for run in runs)
    run, failed = runs[-1], counts[RunState.FAILED]
    tone = Tone.WARN if failed else Tone.GOOD
    if len(runs) > 1:
        words = f"{counts[RunState.DONE]} of {len(runs)} done"
        return (
            f"{run.command.name}: {words}; {log_key} shows what failed" if failed else f"{run.command.name}: {words}",
            tone,
        )
    said = f": {run.last_line}" if run.last_line else ""
    more = f"; {log_key} shows it" if len(run.output) > 1 or failed else ""
    return f"{run.command.name} {run.title}: {run.words}{said}{more}", tone
