"""The one way in which starting up fails: with a sentence for the person at the terminal."""


class LauncherError(Exception):
    """Something on this machine stops the start; the message says what, and what to do."""
