"""Keep secrets out of logs: a filter that masks tokens, keys, client secrets and e-mails."""

import logging
import re

_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [redacted]"),
    (re.compile(r"\b(sk|rk|whsec|cfr|cff)_[\w-]+"), r"\1_[redacted]"),
    (re.compile(r"\b(pi|seti)_\w+_secret_\w+"), r"\1_[redacted]"),
    (re.compile(r"\beyJ[\w-]{1,1024}\.[\w-]{1,4096}\.[\w-]+"), "[redacted token]"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}"), "[redacted e-mail]"),
    (re.compile(r"\b(?:\d[ -]?){13,19}\b"), "[redacted number]"),
)


# A stranger writes into our log by asking for an address. Every quantifier that can be tried at
# each character is bounded, and so is the text: a pattern that looks ahead without end needed
# half a minute for one request line of 70 kB.
LONGEST = 10_000


def redact(text: str) -> str:
    """Return `text` with everything that looks like a secret or a person's address masked."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text) - LONGEST} more characters)"
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class RedactSecrets(logging.Filter):
    """Mask the formatted message of every record; the arguments are folded into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        return True
