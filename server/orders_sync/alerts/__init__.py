"""Alerts and data gaps: what is open, what opens them and what clears them."""
