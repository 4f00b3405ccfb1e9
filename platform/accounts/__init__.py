"""People: users, mentors, clients, roles and tokens. Knows nothing of sessions or money."""
