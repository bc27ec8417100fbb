"""A simulated Shopify shop, its ERP and its support queue, in a process of their own.

The shop knows nothing of the Sync server: it sends signed webhooks and answers the Admin GraphQL API, as the real one does. The
`demo` command puts a Sync server on it, and simulated colleagues, who know the server by its public API alone. Nothing here
imports any other part of `orders_sync`.
"""
