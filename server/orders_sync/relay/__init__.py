"""Sending: what is due in the outbox is claimed, handed to its receiver, and recorded with its outcome."""
