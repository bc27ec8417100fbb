"""The poller: the first back-fill, the schedule, and what it re-reads, all through the same path as webhooks."""
