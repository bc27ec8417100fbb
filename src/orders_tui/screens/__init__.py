"""What fills the terminal: the desk, one order, the outbox, the log, the pulse."""
