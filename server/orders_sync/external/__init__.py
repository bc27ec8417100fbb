"""The world outside, each behind a small protocol: Shopify, the ERP, the support queue."""
