"""What must leave the building: queued with the action, claimed by a relay, recorded with its outcome."""
