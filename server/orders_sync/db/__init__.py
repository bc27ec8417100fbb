"""Storage: the only SQL of the server, one module per noun, the same on SQLite and PostgreSQL."""
