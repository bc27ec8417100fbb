"""What a webhook says, by topic: pure functions from a body to changes, one module per family of topics."""
