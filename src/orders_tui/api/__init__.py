"""The Sync server over HTTP: its endpoints as calls, one exchange at a time, and what of an answer is read."""
