"""Signed webhooks: who gets them, how they are signed, and the duplicates, disorder and retries of the real thing."""
