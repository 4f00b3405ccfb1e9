"""People: registering, signing in, and what thieves try."""
