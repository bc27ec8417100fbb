"""What every request passes: the listener, who asks, how often, the body, and the one shape of a refusal."""
