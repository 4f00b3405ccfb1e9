"""What accounts write to people. The post itself is plugged in by the floor above.

`notifications` stands above this floor and may not be imported here; at start it says how a
letter is posted (`deliver_through`). Every letter is posted in the transaction of what it tells.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kernel.ids import uuid7

if TYPE_CHECKING:
    from accounts.models import EmailChange, EmailCode, RefreshFamily, User


class Post(Protocol):
    """Write a message into the outbox, in the caller's transaction; once for each key."""

    def __call__(self, *, key: str, template: str, to: str, context: dict[str, Any]) -> None: ...


class _PostOffice:
    post: Post | None = None


def deliver_through(post: Post) -> None:
    """Say how letters are posted; called once, when the application starts."""
    _PostOffice.post = post


def _send(*, key: str, template: str, to: str, **context: Any) -> None:
    if _PostOffice.post is None:
        raise ImproperlyConfigured("No post for letters: is `notifications` installed?")
    _PostOffice.post(
        key=key,
        template=template,
        to=to,
        context={"site_name": settings.WAGTAIL_SITE_NAME, "public_url": settings.PUBLIC_URL}
        | context,
    )


def _app_link(path: str, **fragment: str) -> str:
    """Return an address in the app; what is secret stands behind `#` and reaches no log."""
    return f"{settings.PUBLIC_URL}/app/{path}#{urlencode(fragment)}"


def verification(*, user: "User", name: str, code: "EmailCode", text: str) -> None:
    """Bring the code that proves the address, and the link that carries it."""
    _send(
        key=f"verify:{code.pk}",
        template="account_verify",
        to=user.email,
        name=name,
        code=text,
        expires_at=code.expires_at,
        link=_app_link("verify", email=user.email, code=text),
    )


def already_registered(*, user: "User", asked: str) -> None:
    """Tell the owner of an account that somebody `asked` to register with the address again."""
    _send(
        key=f"already-registered:{asked}",
        template="account_exists",
        to=user.email,
        name=user.name,
        sign_in_link=f"{settings.PUBLIC_URL}/app/login",
        reset_link=f"{settings.PUBLIC_URL}/app/forgot",
    )


def password_reset(*, user: "User", code: "EmailCode", text: str) -> None:
    """Bring the code that allows a new password."""
    _send(
        key=f"reset:{code.pk}",
        template="account_reset",
        to=user.email,
        name=user.name,
        code=text,
        expires_at=code.expires_at,
        link=_app_link("reset", email=user.email, code=text),
    )


def password_changed(*, user: "User", now: datetime) -> None:
    """Tell a person that the password was changed and every device was signed out."""
    _send(
        key=f"password-changed:{uuid7()}",
        template="account_password_changed",
        to=user.email,
        name=user.name,
        at=now,
        reset_link=f"{settings.PUBLIC_URL}/app/forgot",
    )


def token_reused(*, user: "User", family: "RefreshFamily", now: datetime) -> None:
    """Tell a person that a spent token came back and that the sign-in was ended for it."""
    _send(
        key=f"refresh-reused:{family.pk}",
        template="account_token_reused",
        to=user.email,
        name=user.name,
        at=now,
        signed_in_at=family.created_at,
        device=family.user_agent,
        reset_link=f"{settings.PUBLIC_URL}/app/forgot",
    )


def email_change_asked(*, user: "User", change: "EmailChange", secret: str) -> None:
    """Tell the present address that another one is wanted, and how to undo it."""
    _send(
        key=f"email-change-asked:{change.pk}",
        template="account_email_change_asked",
        to=change.old_address,
        name=user.name,
        new_address=change.new_address,
        at=change.asked_at,
        link=_app_link("undo-email", token=secret),
    )


def email_change_code(*, user: "User", to: str, code: "EmailCode", text: str) -> None:
    """Bring the code that proves the new address to it."""
    _send(
        key=f"email-change:{code.pk}",
        template="account_email_change",
        to=to,
        name=user.name,
        code=text,
        expires_at=code.expires_at,
        link=_app_link("settings/sign-in", email=to, code=text),
    )


def address_wanted(*, user: "User", change: "EmailChange") -> None:
    """Tell the owner of an account that somebody wants the address for another account."""
    _send(
        key=f"address-wanted:{change.pk}",
        template="account_address_wanted",
        to=user.email,
        name=user.name,
        sign_in_link=f"{settings.PUBLIC_URL}/app/login",
    )


def email_changed(*, user: "User", change: "EmailChange", now: datetime) -> None:
    """Tell the old address that it signs in no more; how to undo it was mailed before."""
    _send(
        key=f"email-changed:{change.pk}",
        template="account_email_changed",
        to=change.old_address,
        name=user.name,
        new_address=change.new_address,
        at=now,
        asked_at=change.asked_at,
    )


def sign_in_changed(*, user: "User", change: str, now: datetime, **facts: Any) -> None:
    """Tell a person what was changed about how they sign in; the template has the words."""
    _send(
        key=f"sign-in-changed:{uuid7()}",
        template="account_sign_in_changed",
        to=user.email,
        name=user.name,
        at=now,
        change=change,
        reset_link=f"{settings.PUBLIC_URL}/app/forgot",
        **facts,
    )


def staff_password_reset(*, user: "User", asked: UUID, link: str) -> None:
    """Bring the link that sets a new password on the back office's own page; once per `asked`."""
    _send(
        key=f"staff-reset:{asked}",
        template="account_plain",
        to=user.email,
        subject="Set a new password",
        body="Somebody asked for a new password for your account, on the page where staff sign "
        f"in. Set it here:\n\n{link}\n\nIf that was not you, leave this message alone: your "
        "password stays as it is.",
    )


def forwarded(*, to: str, subject: str, text: str) -> None:
    """Post a letter that another library has written (allauth's, for the back office)."""
    _send(key=f"forwarded:{uuid7()}", template="account_plain", to=to, subject=subject, body=text)
