"""The form of every action that an operator can ask for."""

from __future__ import annotations

from collections.abc import Mapping

from orders_tui.plain.forms import cancel, decisions, holds, notes, people, shipping
from orders_tui.plain.forms.form import Form
from orders_wire.vocabulary import ActionName

FILES = (cancel, decisions, holds, notes, people, shipping)
"""Where they are."""
FORMS: Mapping[ActionName, Form] = {kind.action: kind() for kind in Form.__subclasses__()}
