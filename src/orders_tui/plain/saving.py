"""Saving what is listed as a view, in the folder that every client of this configuration reads."""

from __future__ import annotations

from dataclasses import replace

from orders_tui import paths
from orders_tui.plain.desk import Desk
from orders_tui.views.folder import ViewFolder
from orders_tui.views.saved_view import LONGEST_NAME, SavedView


async def save_view(desk: Desk, name: str) -> None:
    """Tab, filter and sort under a name. One that is replaced keeps its columns, and its pin. Raises NotSaved, Left."""
    name = name or await desk.console.ask("a name for this tab, filter and sort, blank for none")
    if not name or len(name) > LONGEST_NAME:
        desk.console.say(
            f"a view's name has at most {LONGEST_NAME} characters; nothing is saved" if name else "not saved"
        )
        return
    folder = ViewFolder(paths.views_folder(desk.config))
    folder.read()
    view, before = SavedView.of(desk.session.table.view.query, (), desk.name), {**desk.views, **folder.views}.get(name)
    if before is not None:
        if not await desk.console.yes(f"it replaces {name}: {before.tab} {before.tokens}. Save it?"):
            desk.console.say("not saved")
            return
        view = replace(view, columns=before.columns, pinned=before.pinned)
    folder.save(name, view)
    desk.own_views = {**desk.own_views, name: view}
    desk.console.say(f"saved; views {name} opens it")
