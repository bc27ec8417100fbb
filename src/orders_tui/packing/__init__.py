"""The bench: scans become counts, counts a parcel. Pure, but for `folder.py`, which keeps what was begun on disk."""
