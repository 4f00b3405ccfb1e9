"""What the staff may read of a message: no code, no secret link, no word of two people. Pure.

A message is kept as it was written until it is sent, because it may have to be sent again; what is
secret in it is taken out where it is looked at, and in letters on signing in for good once sent.
"""

import re
from dataclasses import dataclass

NOT_SHOWN = "(not shown)"
DOTS = "••••••"
# They begin their subject with the code, and carry it in the text and in a link.
WITH_CODE = frozenset({"account_verify", "account_reset", "account_email_change"})
SIGN_IN = "account_"  # how the templates of letters on signing in begin
# Whatever the sign-in library wrote, and what two people write to each other.
CLOSED = frozenset({"account_plain", "message_digest"})

_FRAGMENT_CODE = re.compile(r"[#&;]code=([^\s\"'&<>]+)")
# What stands behind `#` in a link of ours, and parameters that let somebody in.
_SECRET = re.compile(
    r"(/app/[\w/.-]*#|[?&;](?:token|ticket|code|key|secret|signature)=)[^\s\"'<>&]+"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the staff may read it; text and html are None where its words are closed."""

    subject: str
    text: str | None
    html: str | None


def subject_of(*, template: str, subject: str) -> str:
    """Return the subject without the code that it may begin with."""
    return f"{DOTS} {subject.partition(' ')[2]}" if template in WITH_CODE else subject


def shown(*, template: str, subject: str, text: str, html: str) -> Shown:
    """Return what may be read of a message."""
    subject = subject_of(template=template, subject=subject)
    if template in CLOSED:
        return Shown(subject, None, None)
    codes = {found for body in (text, html) for found in _FRAGMENT_CODE.findall(body)}
    return Shown(subject, _without(text, codes), _without(html, codes))


def kept(*, template: str, subject: str, text: str, html: str) -> dict[str, str]:
    """Return the columns of a message as they stay for good; what was kept so stays the same."""
    seen = shown(template=template, subject=subject, text=text, html=html)
    return {
        "subject": seen.subject,
        "text": NOT_SHOWN if seen.text is None else seen.text,
        "html": seen.html or "",
    }


def _without(body: str, codes: set[str]) -> str:
    masked = _SECRET.sub(rf"\1{DOTS}", body)
    for code in codes:
        masked = masked.replace(code, DOTS)
    return masked
