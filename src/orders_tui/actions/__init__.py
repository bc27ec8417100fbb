"""What an operator can do to orders: a file per action of contract §3, and the registry of them all. No screen, no network."""
