"""The rules of the desk (contract §1 and §3): pure functions over plain values; no clock, no database, no loop."""
