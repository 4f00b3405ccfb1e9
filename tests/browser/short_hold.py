"""The demo's settings with a hold of seconds instead of minutes, for one web server of the tests.

Nobody waits a quarter of an hour to see a hold end, and nothing but the length is different.
"""

from config.settings.dev import *  # noqa: F403

HOLD_MINUTES = 0.3  # type: ignore[assignment]
