"""The server's endpoints described for programs: OpenAPI 3.1, from the contract's own models (contract §5)."""
