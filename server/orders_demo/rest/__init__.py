"""Webhook bodies in the shape of Shopify's REST resources: numeric ids, money as text, times in the shop's own offset."""
