"""Video rooms behind a port: who may enter which room, and what its provider tells of it.

Nothing here knows a session or a table; `scheduling.visits` does.
"""
