"""What can be done with a person: register, verify, take a role, change the profile, deactivate.

The API, the back office and the demo call these; signing in is in `accounts.sign_in`. Knows
nothing of what a mentor sells or a client buys.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts import agreements, codes, credentials, letters, roles, second_factor, throttle, tokens
from accounts.models import Client, EmailCode, Language, Mentor, User, validate_time_zone
from accounts.roles import Role
from accounts.throttle import TooManyAttempts
from accounts.tokens import Device, Tokens
from kernel import audit, clock
from kernel.errors import Invalid
from kernel.ids import uuid7
from kernel.sealing import seal, unseal
from kernel.tasks import enqueue, task

SLUG_LENGTH = 60
# `me` is how the API calls the mentor who asks.
RESERVED_SLUGS = frozenset({"me", "mentor", "mentors", "new", "search"})
REGISTRABLE = (Role.CLIENT, Role.MENTOR)
REGISTRATION = "accounts.registration"


def register(
    *,
    email: str,
    password: str,
    name: str,
    role: str,
    time_zone: str,
    source: str,
    now: datetime,
    language: str = Language.ENGLISH,
    agrees_to: Sequence[UUID] = (),
) -> None:
    """Ask for an account; a code is mailed to the address, and `verify` makes it real.

    `agrees_to` are versions of documents that were shown; the code's return writes them down.

    The answer and the work for it are the same for a known address, because whether it is known is
    looked up behind the answer (`answer_registration`).

    Raises Invalid, PasswordTooWeak or TooManyAttempts.
    """
    email = credentials.normalised(email)
    registration = _registration(name=name, role=role, time_zone=time_zone, language=language)
    credentials.require_strong(password=password, email=email, name=name)
    throttle.spend(throttle.REGISTRATIONS_PER_SOURCE, subject=source, now=now)
    registration["password"] = make_password(password)
    registration |= agreements.said(agrees_to, now=now)
    if not may_write_to(email=email, source=source, now=now):
        return
    enqueue(
        answer_registration,
        asked=str(uuid7()),
        email=email,
        registration=seal(json.dumps(registration), purpose=REGISTRATION),
    )


@task
def answer_registration(*, asked: str, email: str, registration: str) -> None:
    """Job: write to an address that was registered with; once for each time it was `asked`.

    Its owner is told that there is an account, or, while the address is unproven, gets a code for
    *this* registration. A registration becomes true by its own code alone, so nobody can plant a
    password on another's address.
    """
    now, pending = clock.now(), json.loads(unseal(registration, purpose=REGISTRATION))
    with transaction.atomic():
        user = User.objects.with_email(email) or _add_unverified(email, pending, now)
        if is_somebodys(user):
            letters.already_registered(user=user, asked=asked)
            return
        if codes.is_minted(asked=UUID(asked)):
            return
        code, text = codes.mint(
            user=user,
            purpose=EmailCode.Purpose.VERIFY,
            now=now,
            registration=pending,
            asked=UUID(asked),
        )
        letters.verification(
            user=user,
            name=pending["name"],
            language=_language_of(pending),
            code=code,
            text=text,
        )


def verify(*, email: str, code: str, device: Device, now: datetime) -> Tokens:
    """Prove an address by the mailed code, make its registration real, and sign in.

    The code of a registration does nothing to an account that was proven meanwhile. Raises
    CodeRefused or TooManyAttempts.
    """
    email = credentials.normalised(email)
    with (
        throttle.guess(what="code", account=email, source=device.source, now=now),
        transaction.atomic(),
    ):
        redeemed = codes.redeem(email=email, purpose=EmailCode.Purpose.VERIFY, text=code, now=now)
        if is_somebodys(redeemed.user):
            raise codes.refused()
        _make_real(user=redeemed.user, registration=redeemed.registration, now=now)
        agreements.note(user=redeemed.user, registration=redeemed.registration)
        return tokens.issue(user=redeemed.user, device=device, now=now)


def create_person(
    *,
    email: str,
    password: str | None,
    name: str,
    role: str,
    time_zone: str,
    now: datetime,
    language: str = Language.ENGLISH,
) -> User:
    """Add a person whom the operator vouches for: verified at once, no letter is written.

    `role` is client, mentor or staff (a staff person still needs a group: `roles.add_to_group`).
    Without a password none works until one is set by a reset.
    Raises Invalid where the address is taken.
    """
    email = credentials.normalised(email)
    registration = _registration(
        name=name, role=role, time_zone=time_zone, language=language, allowed=tuple(Role)
    )
    registration["password"] = make_password(password)
    with transaction.atomic():
        if User.objects.with_email(email) is not None:
            raise Invalid(f"There is a person with {email} already.", pointer="/email")
        user = _add_unverified(email, registration, now)
        _make_real(user=user, registration=registration, now=now)
    return user


def is_verified(*, user: User) -> bool:
    """Return whether the person has proven to read mail at the present address."""
    return bool(
        EmailAddress.objects.filter(user=user, email=user.email.lower(), verified=True).exists()
    )


def forget_other_addresses(*, user: User) -> None:
    """Leave a person the address that they sign in with: a code for no other may open the account.

    Call it wherever a password is set anew, in the transaction that does.
    """
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()


def may_write_to(*, email: str, source: str, now: datetime) -> bool:
    """Count a letter that a stranger can cause; False where the address had enough this hour.

    Most are counted against the source, so that one stranger cannot use up another's letters.
    """
    try:
        throttle.spend(throttle.LETTERS_PER_SOURCE, subject=f"{email} {source}", now=now)
        throttle.spend(throttle.LETTERS_PER_ADDRESS, subject=email, now=now)
    except TooManyAttempts:
        return False
    return True


def prove_address(*, user: User, now: datetime) -> None:
    """Note that the person reads the address (a code came back), in the caller's transaction.

    An account whose registration was never finished becomes what was last registered; codes of
    its registrations are void from then on.
    """
    waiting = EmailCode.objects.filter(
        user=user, purpose=EmailCode.Purpose.VERIFY, used_at=None
    ).order_by("-id")
    pending = waiting.values_list("registration", flat=True).first()
    waiting.update(used_at=now)
    if is_verified(user=user):
        return
    role = Role.STAFF if user.is_staff else Role.CLIENT
    kept = {
        "name": user.name,
        "time_zone": user.time_zone,
        "language": user.language,
        "role": role,
    } | (pending or {})
    _make_real(user=user, registration=kept | {"password": user.password}, now=now)


def locked(*, user: User) -> User:
    """Return the person's present row, locked until the caller's transaction ends."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def update_profile(
    *,
    user: User,
    name: str | None = None,
    time_zone: str | None = None,
    language: str | None = None,
) -> User:
    """Change what is given of a person's profile, in the caller's transaction."""
    if name is not None:
        user.name = _clean_name(name)
    if time_zone is not None:
        user.time_zone = _clean_time_zone(time_zone)
    if language is not None:
        user.language = _clean_language(language)
    user.save(update_fields=["name", "time_zone", "language"])
    return user


def become_client(*, user: User, now: datetime) -> Client:
    """Let a person book; does nothing to one who may already."""
    client, _ = Client.objects.get_or_create(user=user, defaults={"created_at": now})
    return client


def become_mentor(*, user: User, now: datetime) -> Mentor:
    """Let a person apply as a mentor, under a page name made of the name.

    The new mentor is `applied`; a curator makes them live. Does nothing to one who is already.
    """
    with transaction.atomic():
        # Two calls for one person wait for each other here; the slug is guarded by its index.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        existing = Mentor.objects.filter(user=user).first()
        if existing is not None:
            return existing
        mentor = _with_free_slug(user=user, now=now)
        roles.add_to_group(user=user, group=roles.MENTOR)
        audit.record(
            actor=user.public_id,
            action="mentor.applied",
            object_type="mentor",
            object_id=mentor.public_id,
            data={"slug": mentor.slug},
        )
    return mentor


def deactivate(*, user: User, actor: str, reason: str, now: datetime) -> None:
    """Shut a person out: no sign-in any more, and the very next request of theirs is refused.

    The database suspends a mentor with the account (migration 0005): listed, bookable and paid
    no more. What was booked before stands until it is cancelled.
    """
    with transaction.atomic():
        changed = User.objects.filter(pk=user.pk, is_active=True).update(is_active=False)
        tokens.end_all(user=user, reason=tokens.EndReason.DEACTIVATED, now=now)
        if changed:
            audit.record(
                actor=actor,
                action="user.deactivated",
                object_type="user",
                object_id=user.public_id,
                data={"reason": reason},
            )
    user.refresh_from_db(fields=["is_active", "session_version"])


def set_totp(*, user: User, secret: str) -> None:
    """Give the person an authenticator app with a known secret (base 32); replaces any other."""
    second_factor.set_up(user=user, secret=secret)


def _registration(
    *,
    name: str,
    role: str,
    time_zone: str,
    language: str,
    allowed: tuple[Role, ...] = REGISTRABLE,
) -> dict[str, Any]:
    if role not in allowed:
        raise Invalid(f"Nobody can register as {role!r}; say client or mentor.", pointer="/role")
    return {
        "name": _clean_name(name),
        "role": str(role),
        "time_zone": _clean_time_zone(time_zone),
        "language": _clean_language(language),
    }


def is_somebodys(user: User) -> bool:
    """Whether a registration must not touch the account: proven, or made by an operator."""
    return (
        is_verified(user=user)
        or user.is_staff
        or Client.objects.filter(user=user).exists()
        or Mentor.objects.filter(user=user).exists()
    )


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 120 or not cleaned.isprintable():
        raise Invalid("A name has 1 to 120 printable characters.", pointer="/name")
    return cleaned


def _clean_time_zone(name: str) -> str:
    try:
        validate_time_zone(name)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), pointer="/time_zone") from None
    return name


def _clean_language(code: str) -> str:
    if code not in Language.values:
        raise Invalid(
            f"We write in {' or '.join(Language.values)}, not in {code!r}.", pointer="/language"
        )
    return code


def _language_of(registration: dict[str, Any]) -> str:
    """Return what it was registered in; one that was asked for before there was a choice: `en`."""
    return str(registration.get("language", Language.ENGLISH))


def _add_unverified(email: str, registration: dict[str, Any], now: datetime) -> User:
    try:
        with transaction.atomic():
            user = User.objects.create(
                email=email,
                name=registration["name"],
                time_zone=registration["time_zone"],
                language=_language_of(registration),
                password=registration["password"],
                date_joined=now,
            )
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
    except IntegrityError:
        # A twin registered the address at this instant; its row is there now.
        found = User.objects.with_email(email)
        if found is None:
            raise
        return found
    return user


def _make_real(*, user: User, registration: dict[str, Any], now: datetime) -> None:
    """Write what was registered onto the account and mark its address as proven."""
    user.name = registration["name"]
    user.time_zone = registration["time_zone"]
    user.language = _language_of(registration)
    user.password = registration["password"]
    user.save(update_fields=["name", "time_zone", "language", "password"])
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )
    if registration["role"] == Role.MENTOR:
        become_mentor(user=user, now=now)
    elif registration["role"] == Role.CLIENT:
        become_client(user=user, now=now)


def _with_free_slug(*, user: User, now: datetime) -> Mentor:
    base = slugify(user.name)[:SLUG_LENGTH].strip("-") or "mentor"
    number = 2 if base in RESERVED_SLUGS else 1
    while True:
        slug = base if number == 1 else f"{base}-{number}"
        if not Mentor.objects.filter(slug=slug).exists():
            try:
                with transaction.atomic():
                    return Mentor.objects.create(user=user, slug=slug, created_at=now)
            except IntegrityError:
                pass  # Taken between the look and the insert; the next number is tried.
        number += 1
