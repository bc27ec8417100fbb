"""What must leave the building: rows that are queued in the transaction which makes them true."""
