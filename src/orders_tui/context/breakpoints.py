"""From which size on the screens show more: class names by least columns and rows."""

from textual.geometry import Size

LEAST_COLUMNS, LEAST_ROWS = 60, 16
"""Below that the desk is not shown, and nothing acts that could not be read first."""

COLUMNS = [(0, "-tiny"), (LEAST_COLUMNS, "-narrow"), (110, "-wide"), (170, "-vast")]
ROWS = [(0, "-low"), (LEAST_ROWS, "-short"), (32, "-tall"), (48, "-high")]


def too_small(size: Size) -> str:
    """Why nothing acts in a terminal of this size, as a sentence; empty where it is large enough."""
    if size.width >= LEAST_COLUMNS and size.height >= LEAST_ROWS:
        return ""
    return f"too small to see what this does: at least {LEAST_COLUMNS} columns and {LEAST_ROWS} rows"
