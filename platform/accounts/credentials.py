"""E-mail addresses and passwords as they are typed: made canonical, judged, compared.

Comparing costs the same for an unknown address as for a known one, so that nobody can tell
them apart by the clock. Knows no sign-in.
"""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import User
from kernel.errors import Invalid, Kind, Refusal

LONGEST_PASSWORD = 128
LONGEST_ADDRESS = 254


class PasswordTooWeak(Refusal):
    """The password is too short, too common, or too much like the person's name or address."""

    code = "password_too_weak"
    kind = Kind.INVALID


def normalised(email: str) -> str:
    """Return the address in the one form that is stored: lower case, no blanks around it.

    Raises Invalid for what is no address, and for letters beyond ASCII: some of them fold to
    ASCII in one comparison and not in another, which once reset other people's passwords
    (CVE-2019-19844).
    """
    address = email.strip().lower()
    try:
        validate_email(address)
        possible = email.isascii() and len(address) <= LONGEST_ADDRESS
    except ValidationError:
        possible = False
    if not possible:
        raise Invalid(
            "This is no e-mail address that we can write to; write it like ada@example.com.",
            pointer="/email",
        )
    return address


def require_strong(*, password: str, email: str, name: str, pointer: str = "/password") -> None:
    """Raise PasswordTooWeak, saying all that is wrong, where the validators refuse."""
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooWeak(
            f"The password is longer than {LONGEST_PASSWORD} characters.", pointer=pointer
        )
    try:
        validate_password(password, user=User(email=email, name=name))
    except ValidationError as error:
        raise PasswordTooWeak(" ".join(error.messages), pointer=pointer) from None


def owner_of(*, email: str, password: str) -> User | None:
    """Return the active person whose address and password these are; one hash in any case."""
    user = User.objects.with_email(email)
    if user is None:
        make_password(password)
        return None
    right = user.check_password(password)
    return user if right and user.is_active else None


def unchanged(*, user: User) -> User | None:
    """Return the person's row, locked until the caller's transaction ends.

    None where the password was changed, or the person shut out, since `user` was read: hashing
    takes long enough for that, and what an old password has proven is worth nothing then.
    """
    present: User | None = (
        User.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=user.pk, is_active=True)
        .first()
    )
    return present if present and present.password == user.password else None
