"""The shop's present: every few seconds something happens to somebody's order."""
