"""`views`, and `--view` of `list` and `export`: saved views without the screen."""

from __future__ import annotations

import sys
from argparse import Namespace

from orders_tui import paths
from orders_tui.cli.connection import configured
from orders_tui.cli.output import complain
from orders_tui.cli.table import table
from orders_tui.errors import UsageError
from orders_tui.views.built_in import BUILT_IN
from orders_tui.views.folder import ViewFolder
from orders_tui.views.saved_view import SavedView
from orders_wire.spelling import meant

DONE, REFUSED = 0, 1


def views(given: Namespace) -> int:
    """`views [list|path]`: 1 where a file is no view."""
    folder = ViewFolder(paths.views_folder(configured(given)), _columns() if given.what == "list" else ())
    if given.what == "path":
        print(folder.path)
        return DONE
    folder.read()
    rows = [
        (name, view.tab, view.tokens, "pinned" if view.pinned else "")
        for name, view in {**BUILT_IN, **folder.views}.items()
    ]
    sys.stdout.write(table(("VIEW", "TAB", "FILTER", ""), rows))
    for fault in folder.faults:
        complain(f"{folder.path}: {fault}")
    return REFUSED if folder.faults else DONE


def named(given: Namespace) -> SavedView:
    """The view that `--view` names. Raises UsageError."""
    folder = ViewFolder(paths.views_folder(configured(given)))
    folder.read()
    there = {**BUILT_IN, **folder.views}
    view = there.get(given.view)
    if view is None:
        known = ", ".join(there)
        wrong = f"; {folder.faults[0]}" if folder.faults else ""
        guess = meant(given.view, there)
        raise UsageError(f"there is no view {given.view}{guess} in {folder.path}; there are: {known}{wrong}")
    return view


def _columns() -> tuple[str, ...]:
    from orders_tui.widgets.order_table.columns import BY_KEY

    return tuple(BY_KEY)
