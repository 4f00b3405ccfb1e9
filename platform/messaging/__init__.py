"""Conversations between a client and a mentor."""
