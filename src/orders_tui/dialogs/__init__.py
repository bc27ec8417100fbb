"""Modal dialogs: each asks for one thing and returns a draft, or None when it was left. The session does what the draft says."""
