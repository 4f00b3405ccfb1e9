"""The e-mails of the demo, which it keeps as files: `find` waits for one and reads out of it."""

import re
import time
from email import message_from_bytes, policy

from tests.journeys.demo import Demo

MAIL_SECONDS = 60


def find(demo: Demo, email: str, pattern: str) -> str:
    """Return the first group of the pattern, from the first letter to the address that has it."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for path in (demo.data_dir / "mail").glob(f"*-{email}-*.eml"):
            body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
            found = re.search(pattern, body.get_content() if body else "")
            if found:
                return found[1]
        time.sleep(0.3)
    raise AssertionError(f"no mail with {pattern!r} came to {email}")
