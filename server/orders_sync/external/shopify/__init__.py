"""The shop's Admin GraphQL API: the client with its throttle, what is read, and what is written."""
