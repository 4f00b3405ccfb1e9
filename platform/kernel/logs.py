"""Keep secrets out of logs: a filter that masks tokens, keys, client secrets and e-mails."""

import logging
import re

_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [redacted]"),
    (re.compile(r"\b(sk|rk|whsec|cfr)_[\w-]+"), r"\1_[redacted]"),
    (re.compile(r"\b(pi|seti)_\w+_secret_\w+"), r"\1_[redacted]"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "[redacted token]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[redacted e-mail]"),
    (re.compile(r"\b(?:\d[ -]?){13,19}\b"), "[redacted number]"),
)


def redact(text: str) -> str:
    """Return `text` with everything that looks like a secret or a person's address masked."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class RedactSecrets(logging.Filter):
    """Mask the formatted message of every record; the arguments are folded into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        return True
