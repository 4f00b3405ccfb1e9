"""The link by which a reader stops one kind of e-mail without signing in (RFC 8058).

It is signed for this purpose alone and never expires, because an e-mail is kept for years; it
is good for one kind, one person, and the address that it was sent to. Whoever changes the
address of an account has made the links in the old mailbox useless. The signature follows
`SECRET_KEY` and its fallbacks.
"""

import hashlib
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare

from accounts.models import User
from kernel.errors import NotFound
from notifications.models import Kind
from notifications.switches import Switch

PATH = "/emails/unsubscribe"
MAX_LENGTH = 400
_SALT = "notifications.unsubscribe"


def link_to(*, kind: str, person_id: UUID, address: str) -> str:
    """Return the address of the page, and of the one-click POST, for a message to `address`."""
    token = Signer(salt=_SALT).sign_object([person_id.hex, kind, _digest(address)])
    return f"{settings.PUBLIC_URL}{PATH}?token={token}"


def switch_of(*, token: str) -> Switch:
    """Return the switch that the link is for. Raises NotFound, always with the same words."""
    try:
        person_id, kind, digest = Signer(salt=_SALT).unsign_object(token[:MAX_LENGTH])
        switch = Switch(Kind(kind), User.objects.get(pk=UUID(person_id)))
    except (BadSignature, ValueError, UnicodeError, User.DoesNotExist) as error:
        raise _dead() from error
    if not constant_time_compare(_digest(switch.person.email), digest):
        raise _dead()
    return switch


def _dead() -> NotFound:
    return NotFound(
        "This link is incomplete, or it was sent to an address that the account has no longer."
    )


def _digest(address: str) -> str:
    return hashlib.sha256(address.lower().encode()).hexdigest()[:16]
