"""The process that pushes messages to browsers: server-sent events from the inboxes."""
