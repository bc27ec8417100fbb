"""A simulated Shopify shop, its ERP and its support queue, in a process of their own.

The shop knows nothing of the Sync server: it sends signed webhooks and answers the Admin GraphQL API, as the real one does.
Nothing here imports any other part of `orders_sync`.
"""
