"""The server's command line: `python -m orders_sync COMMAND`, one file per command (contract §6)."""
