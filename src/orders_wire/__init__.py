"""The Orders ↔ Sync contract as pydantic models.

What the Sync server and its clients share, and nothing else: names, shapes and closed sets of the contract
(`docs/contract.md`). Depends on pydantic only. Unknown fields are ignored, and unknown words left out of the lists that grow with
the contract (actions that are allowed, alerts of an order), so a newer server never breaks an older client.
"""
