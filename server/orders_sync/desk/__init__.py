"""Reads: the page, its metrics and panels, one order, the owners. A read costs the page and the backlog, not the history."""
