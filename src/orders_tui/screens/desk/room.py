"""Which pane has the room of the others, as class names of the desk's screen."""

SIDE_ONLY, TABLE_ONLY = "-side-only", "-table-only"
