"""What can happen to a shop. Each verb changes the records, stamps them with the given time, and announces what
Shopify would announce; history, life and the API's mutations all go through these."""
