"""After any change to an order: derive it, store it, count it, raise and clear its alerts, announce it."""
