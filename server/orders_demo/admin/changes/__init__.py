"""The mutations: what each refuses and in which words, what it changes, what it leaves in the ledger."""
