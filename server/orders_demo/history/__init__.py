"""The shop's past: every order's story, played to where it stands at a given now. Same seed, orders and now: same past."""
