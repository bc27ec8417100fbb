"""The text of a field in the operator's own editor, which has the terminal meanwhile; what comes back stands in the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App, SuspendNotSupported

from orders_tui.dialogs.field import TextLine
from orders_tui.dialogs.text_box import TextBox
from orders_tui.programs.editor import Editor, NotEdited
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.dialogs.dialog import Dialog

UNWRITTEN = "what is typed here is a secret: it is written to no file"
NO_FIELD = "there is no text here to write in an editor"
NOT_LENT = "this terminal cannot be lent to an editor"


async def edit(dialog: Dialog[Any]) -> None:
    """Edits the field that has the focus, else the first; says why where that cannot be."""
    field, editor = _field(dialog), dialog.work.programs.editor
    if field is None or editor.busy:
        dialog.say(NO_FIELD if field is None else "", Tone.WARN)
        return
    if isinstance(field, TextLine) and field.password:
        dialog.say(UNWRITTEN, Tone.WARN)
        return
    try:
        text = await _lent(dialog.app, editor, _text(field))
    except NotEdited as error:
        dialog.say(str(error), Tone.WARN)
        return
    if dialog.has_widgets:
        field.put_edited(text)


def _field(dialog: Dialog[Any]) -> TextLine | TextBox | None:
    fields = [field for field in dialog.query("TextLine, TextBox") if isinstance(field, TextLine | TextBox)]
    return next((field for field in fields if field.has_focus), next(iter(fields), None))


def _text(field: TextLine | TextBox) -> str:
    return field.left_out or field.value if isinstance(field, TextLine) else field.text


async def _lent(app: App[Any], editor: Editor, text: str) -> str:
    """The text once it was edited. Textual's `suspend` does not bear an error inside, and nothing is drawn meanwhile."""
    editor.argv()
    outcome: str | NotEdited
    try:
        with app.suspend(), app.batch_update():
            try:
                outcome = await editor.edit(text)
            except NotEdited as error:
                outcome = error
    except SuspendNotSupported as error:
        raise NotEdited(NOT_LENT) from error
    app.screen.refresh(layout=True)
    app.refresh()
    if isinstance(outcome, NotEdited):
        raise outcome
    return outcome
