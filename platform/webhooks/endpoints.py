"""Make, change, switch, rotate and remove endpoints: a person's own, or the site's (`owner=None`).

Who may, and for a fresh proof of it, is asked above; what lets somebody read along, or pass for us,
is told by mail. Each function opens its own transaction; the lock is the endpoint's row.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import User
from kernel import audit, outbound
from kernel.errors import Invalid, NotFound, Refusal
from kernel.outbound import FetchRefused
from kernel.texts import typed
from webhooks import letters, sealed, signing
from webhooks.kinds import Kind
from webhooks.letters import Change
from webhooks.models import DESCRIPTION_LENGTH, URL_LENGTH, Endpoint
from webhooks.queries import endpoints_of

MAX_ENDPOINTS = 10
OVERLAP = timedelta(hours=24)
MANAGE = "webhooks.manage_endpoint"

Reason = Endpoint.Reason
_HOST = re.compile(r"[A-Za-z0-9.\-_:\[\]]+")


class EndpointAddress(Invalid):
    """The address is not one that webhooks are sent to."""

    code = "endpoint_address"


class EndpointKind(Invalid):
    """An event is asked for that does not exist."""

    code = "endpoint_kind"


class EndpointExists(Refusal):
    """There is an endpoint at this address already; `endpoint` in the facts is its id."""

    code = "endpoint_exists"


class TooManyEndpoints(Refusal):
    """There are as many endpoints as one may have."""

    code = "too_many_endpoints"


class EndpointDisabled(Refusal):
    """The endpoint is disabled: nothing is sent to it until it is enabled."""

    code = "endpoint_disabled"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be true of an endpoint; None leaves it. Empty `kinds` are all of them."""

    url: str | None = None
    description: str | None = None
    kinds: Sequence[str] | None = None
    enabled: bool | None = None


def make(*, owner: User | None, by: User, wish: Wish, now: datetime) -> tuple[Endpoint, str]:
    """Make an enabled endpoint; return it and its secret, which is shown this once.

    One address has one endpoint of an owner: a call that was repeated meets its first.
    Raises EndpointAddress, EndpointKind, EndpointExists, TooManyEndpoints.
    """
    url = _checked_url(wish.url or "")
    secret = signing.new_secret()
    endpoint = Endpoint(
        owner=owner,
        made_by=by,
        url=url,
        description=_checked_description(wish.description or ""),
        kinds=_checked_kinds(wish.kinds or ()),
        secret=sealed.kept(secret),
        created_at=now,
    )
    with transaction.atomic():
        # Whoever makes endpoints for one owner queues up: the limit counts, the constraint decides.
        User.objects.select_for_update(no_key=True).get(pk=(owner or by).pk)
        mine = endpoints_of(owner)
        _refuse_second(owner, url)
        if mine.count() >= MAX_ENDPOINTS:
            raise TooManyEndpoints(
                f"There are {MAX_ENDPOINTS} endpoints, which is the most. Remove one first."
            )
        endpoint.save()
        _note(endpoint, by, "endpoint.made")
        letters.changed(endpoint, Change.MADE, by=by, now=now)
    return endpoint, secret


def change(
    *,
    owner: User | None,
    endpoint_id: UUID,
    by: User,
    wish: Wish,
    now: datetime,
    require: Callable[[Endpoint], None] = lambda _endpoint: None,
) -> Endpoint:
    """Change what the wish names; enabling forgets the failures before it.

    `require` is called with the locked row, before anything is changed.
    What the staff switched off, the staff switches on: to its owner that is refused.
    Raises NotFound, EndpointAddress, EndpointKind, EndpointExists, EndpointDisabled.
    """
    mine = owner is not None and owner.pk == by.pk
    moved_from = ""
    with transaction.atomic():
        endpoint = _locked(owner, endpoint_id)
        require(endpoint)
        if wish.url is not None:
            url = _checked_url(wish.url)
            if url != endpoint.url:
                _refuse_second(owner, url)
                moved_from, endpoint.url = endpoint.host, url
                _forget_failures(endpoint)
        if wish.description is not None:
            endpoint.description = _checked_description(wish.description)
        if wish.kinds is not None:
            endpoint.kinds = _checked_kinds(wish.kinds)
        if wish.enabled is True and endpoint.disabled_at is not None:
            if mine and endpoint.disabled_reason == Reason.BY_STAFF:
                raise EndpointDisabled(
                    f"Endpoint {endpoint.public_id} was switched off by the staff. Ask the support "
                    "to switch it on again."
                )
            endpoint.disabled_at, endpoint.disabled_reason = None, ""
            _forget_failures(endpoint)
        elif wish.enabled is False and endpoint.disabled_at is None:
            endpoint.disabled_at = now
            endpoint.disabled_reason = (Reason.BY_OWNER if mine else Reason.BY_STAFF).value
        endpoint.save()
        _note(endpoint, by, "endpoint.changed")
        if moved_from:
            letters.changed(endpoint, Change.MOVED, by=by, now=now, moved_from=moved_from)
    return endpoint


def rotate(
    *, owner: User | None, endpoint_id: UUID, by: User, now: datetime
) -> tuple[Endpoint, str]:
    """Give the endpoint another secret; return it. The one before it signs for a day more.

    Rotated again within that day, the one from before stays: it is all that the reader has for
    certain, where the answer with the secret between was lost.
    Raises NotFound.
    """
    secret = signing.new_secret()
    with transaction.atomic():
        endpoint = _locked(owner, endpoint_id)
        if endpoint.previous_until is None or endpoint.previous_until <= now:
            endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + OVERLAP
        endpoint.secret = sealed.kept(secret)
        endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
        _note(endpoint, by, "endpoint.rotated")
        letters.changed(endpoint, Change.ROTATED, by=by, now=now)
    return endpoint, secret


def remove(*, owner: User | None, endpoint_id: UUID, by: User, now: datetime) -> None:
    """Take the endpoint out for good, its secrets with it; what was sent stays written down.

    Raises NotFound.
    """
    with transaction.atomic():
        endpoint = _locked(owner, endpoint_id)
        endpoint.removed_at = now
        endpoint.disabled_at, endpoint.disabled_reason = now, Reason.REMOVED.value
        endpoint.secret, endpoint.previous_secret, endpoint.previous_until = "", "", None
        endpoint.save()
        _note(endpoint, by, "endpoint.removed")


def endpoint_of(owner: User | None, endpoint_id: UUID) -> Endpoint:
    """Return an endpoint of the owner. Raises NotFound for another's."""
    endpoint = endpoints_of(owner).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise _no_such()
    return endpoint


def _locked(owner: User | None, endpoint_id: UUID) -> Endpoint:
    rows = endpoints_of(owner).select_for_update(no_key=True)
    endpoint = rows.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise _no_such()
    return endpoint


def _no_such() -> NotFound:
    return NotFound("There is no such endpoint, or it is not yours to see.")


def _refuse_second(owner: User | None, url: str) -> None:
    other = endpoints_of(owner).filter(url=url).first()
    if other is not None:
        raise EndpointExists(
            f"{other.public_id} is at this address already. Change that one, or rotate its "
            "secret if you have lost it.",
            endpoint=other.public_id,
        )


def _forget_failures(endpoint: Endpoint) -> None:
    endpoint.failures, endpoint.failing_since, endpoint.rest_until = 0, None, None


def _checked_url(url: str) -> str:
    try:
        url = outbound.fetcher().checked(url)
    except FetchRefused as refused:
        raise EndpointAddress(
            f"{refused} Give an https address on the public network.", pointer="/url"
        ) from refused
    host = urlsplit(url).hostname or ""
    if not _HOST.fullmatch(urlsplit(url).netloc) or _is_inside(host):
        raise EndpointAddress(
            f"{host[:100]} is no host on the public network. Give an https address of one, "
            "in ASCII.",
            pointer="/url",
        )
    if len(url) > URL_LENGTH:
        raise EndpointAddress(
            f"The address is longer than {URL_LENGTH} characters.", pointer="/url"
        )
    return url


def _is_inside(host: str) -> bool:
    """Say whether the host is an address that no call goes to; names are judged at the call."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return not (outbound.is_public(address) or (settings.OUTBOUND_LOOPBACK and address.is_loopback))


def _checked_description(text: str) -> str:
    return typed(text, name="description", longest=DESCRIPTION_LENGTH)


def _checked_kinds(kinds: Sequence[str]) -> list[str]:
    known = set(Kind)
    for kind in kinds:
        if kind not in known:
            raise EndpointKind(
                f"There is no event {kind[:60]!r}. Leave the list empty for all events.",
                pointer="/kinds",
            )
    return sorted(set(kinds))


def _note(endpoint: Endpoint, by: User, action: str) -> None:
    audit.record(
        actor=by.public_id,
        action=action,
        object_type="webhook endpoint",
        object_id=endpoint.public_id,
        data={"host": endpoint.host, "kinds": endpoint.kinds, "status": endpoint.status},
    )
