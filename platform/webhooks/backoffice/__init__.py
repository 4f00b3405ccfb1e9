"""The staff's screens of webhooks: endpoints, what was sent to them, and the dialogs of both."""
