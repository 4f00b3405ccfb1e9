"""What an erasure does beyond a table's columns: the log, jobs, sessions, and who it was."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Cast

from accounts.models import (
    ApplicationStep,
    ApplicationTick,
    EmailChange,
    Mentor,
    Suspension,
    User,
)
from accounts.personal import entries_about
from kernel import personal
from kernel.ids import ALPHABET
from kernel.models import AuditEntry, IdempotencyRecord, Job
from kernel.personal import ERASED, Former, Hindrance

_REFERENCE = re.compile(rf"[a-z]{{2,4}}_[{ALPHABET}]{{26}}")


def former_of(user: User) -> Former:
    """Return what there is to take out of a person, read before anything is."""
    tail = user.public_id[-8:]
    changes = EmailChange.objects.filter(user=user).values_list("old_address", "new_address")
    addresses = {
        user.email,
        *EmailAddress.objects.filter(user=user).values_list("email", flat=True),
        *(one for change in changes for one in change),
    }
    mentor = Mentor.objects.filter(user=user).first()
    return Former(
        user=user,
        alias=f"Former member {tail}",
        address=f"erased-{user.pk}@erased.invalid",
        addresses=tuple(sorted(addresses)),
        names=tuple(one for one in (user.name, mentor.slug if mentor else "") if one),
        others=personal.others(user),
    )


def hindrances(user: User, _now: datetime) -> list[Hindrance]:
    """Staff leave the back office first: what they decided names them for as long as they work."""
    if not user.is_staff and not user.is_superuser:
        return []
    return [
        Hindrance(
            what="This account works in the back office",
            do="Take it out of its groups and its permissions first.",
        )
    ]


def take_out(former: Former) -> None:
    """Take the person out of the log, of jobs and of sessions in the back office."""
    _scrub_log(former)
    _blank_vetting(former.user)
    _drop_answers(former)
    _drop_jobs(former)
    _end_sessions(former.user)


def anonymise(former: Former) -> None:
    """Leave an account without a name, an address or a way in; comes last of all."""
    tail = former.alias.rpartition(" ")[2]
    Mentor.objects.filter(user=former.user).update(
        slug=f"former-{tail}", status=Mentor.Status.SUSPENDED
    )
    User.objects.filter(pk=former.user.pk).update(
        email=former.address,
        name=former.alias,
        password=make_password(None),
        time_zone="UTC",
        is_active=False,
        last_login=None,
    )


def without(text: str, former: Former) -> str:
    """Return somebody else's words without the person's name and addresses, whatever their case."""
    for word in (*former.addresses, *former.names):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", ERASED, text, flags=re.IGNORECASE)
    return text


def naming(former: Former, *columns: str) -> Q:
    """Return the condition that one of these columns has the person's name or an address."""
    condition = Q()
    for column in columns:
        for word in (*former.addresses, *former.names):
            condition |= Q(**{f"{column}__icontains": word})
    return condition


def redact(rows: Any, former: Former, *columns: str) -> None:
    """Take the person's name and addresses out of others' words in these rows."""
    for row in rows.filter(naming(former, *columns)).only("pk", *columns):
        said = {column: without(getattr(row, column), former) for column in columns}
        changed = {name: text for name, text in said.items() if text != getattr(row, name)}
        if changed:
            type(row)._base_manager.filter(pk=row.pk).update(**changed)  # noqa: SLF001


def _scrub_log(former: Former) -> None:
    """Take all words out of the person's own entries, and the person out of the others'."""
    for entry in entries_about(former.user).exclude(data={}):
        _write(entry, _without_words(entry.data))
    AuditEntry.objects.filter(actor=former.user.public_id).exclude(source="").update(source="")
    others = AuditEntry.objects.annotate(text=Cast("data", TextField()))
    for entry in others.filter(naming(former, "text")):
        _write(entry, _each(entry.data, lambda said: without(said, former)))


def _blank_vetting(user: User) -> None:
    """Leave what was decided of a mentor, when and by whom, without what was said of them."""
    of_mentor = {"application__mentor__user": user}
    ApplicationStep.objects.filter(**of_mentor).exclude(comment="").update(comment=ERASED)
    ApplicationTick.objects.filter(**of_mentor).exclude(evidence="").update(evidence=ERASED)
    told = Suspension.objects.filter(mentor__user=user)
    told.update(reason=ERASED)
    told.exclude(lift_reason="").update(lift_reason=ERASED)


def _write(entry: AuditEntry, data: Any) -> None:
    if data != entry.data:
        AuditEntry.objects.filter(pk=entry.pk).update(data=data)


def _without_words(data: Any) -> Any:
    return _each(data, lambda said: said if _REFERENCE.fullmatch(said) else ERASED)


def _each(data: Any, change: Any) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {key: _each(value, change) for key, value in data.items()}
    return [_each(value, change) for value in data] if isinstance(data, list) else data


def _drop_answers(former: Former) -> None:
    """Drop what others were answered and that names the person: a repeated call is done anew."""
    text = Func(F("body"), Value("escape"), function="encode", output_field=TextField())
    IdempotencyRecord.objects.annotate(text=text).filter(naming(former, "text")).delete()


def _drop_jobs(former: Former) -> None:
    """Drop the jobs that carry an address: letters to somebody who is no more."""
    found = Job.objects.annotate(text=Cast("arguments", TextField()))
    condition = Q()
    for address in former.addresses:
        condition |= Q(text__icontains=address) | Q(last_error__icontains=address)
    found.filter(condition).delete()


def _end_sessions(user: User) -> None:
    """Drop the person's sessions in the back office; few people have any."""
    mine: Iterable[Session] = (
        one
        for one in Session.objects.all().iterator()
        if one.get_decoded().get("_auth_user_id") == str(user.pk)
    )
    Session.objects.filter(pk__in=[one.pk for one in mine]).delete()
