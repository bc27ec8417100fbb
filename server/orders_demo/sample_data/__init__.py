"""Who and what appears in the shop: people, places, goods, carriers. All drawn from a given source of randomness."""
