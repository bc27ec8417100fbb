"""From which size on the screens show more: class names by least columns and rows."""

COLUMNS = [(0, "-tiny"), (60, "-narrow"), (110, "-wide"), (170, "-vast")]
ROWS = [(0, "-low"), (16, "-short"), (32, "-tall")]
