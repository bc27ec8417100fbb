"""The Sync server: Shopify in, the Orders ↔ Sync contract out."""
