"""The Admin GraphQL API of the shop: a consistent part of the real 2026-07 schema, its costs, limits and refusals."""
