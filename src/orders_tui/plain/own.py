"""Commands of the operator's own from a plain prompt: on what is meant, waited for, with what they wrote."""

from __future__ import annotations

from functools import partial

from orders_tui import paths
from orders_tui.config.own_commands import OwnCommand
from orders_tui.context.target import Target
from orders_tui.plain.desk import Desk
from orders_tui.programs.prints import Prints
from orders_tui.programs.runner import MOST_ORDERS, Runner

ENDED_S = 4 * 3600.0
"""Longer than any program may take."""


class Own:
    """Does the commands `own.*`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._programs = Runner(desk.session.read_details, desk.pace, partial(paths.prints_folder, desk.config))
        self._programs.tell = lambda _: desk.moved()

    @property
    def prints(self) -> Prints:
        """What is printed from here."""
        return self._programs.prints

    async def run(self, own: OwnCommand, target: Target) -> None:
        """What is dangerous asks first."""
        desk = self._desk
        if len(target.ids) > MOST_ORDERS:
            desk.console.say(f"{own.name} takes {MOST_ORDERS} orders at once; {len(target.ids)} are marked")
            return
        what = f"{own.name} runs {' '.join(own.argv)} on {target.title}."
        if own.dangerous and not await desk.console.yes(what):
            desk.console.say("nothing was run")
            return
        before = len(self._programs.log)
        self._programs.start(own, [(order_id, desk.number(order_id)) for order_id in target.ids])
        await desk.until(lambda: not self._programs.running, ENDED_S)
        for run in self._programs.log[before:]:
            desk.console.say(*run.output, f"{own.name} {run.title}: {run.words}")

    async def close(self) -> None:
        """Ends what still runs; what was printed goes."""
        await self._programs.close()
