"""From which size on the screens show more: class names by least columns and rows."""

from textual.geometry import Size

LEAST_COLUMNS, LEAST_ROWS = 60, 16
"""Below that the desk is not shown, and nothing acts that could not be read first."""

COLUMNS = [(0, "-tiny"), (LEAST_COLUMNS, "-narrow"), (110, "-wide"), (170, "-vast")]
ROWS = [(0, "-low"), (LEAST_ROWS, "-short"), (32, "-tall"), (48, "-high")]


def classes(size: Size) -> tuple[str, str]:
    """Those of a terminal of this size, for a screen that is being made: styled so from the start, it is styled once."""
    columns = max(name for name in COLUMNS if name[0] <= size.width)
    rows = max(name for name in ROWS if name[0] <= size.height)
    return columns[1], rows[1]


def too_small(size: Size) -> str:
    """Why nothing acts in a terminal of this size, as a sentence; empty where it is large enough."""
    if size.width >= LEAST_COLUMNS and size.height >= LEAST_ROWS:
        return ""
    return f"too small to see what this does: at least {LEAST_COLUMNS} columns and {LEAST_ROWS} rows"
