"""Reads: the page, its metrics and panels, an order in detail, its owners."""
