"""The staff's screens of what people report of messages."""
