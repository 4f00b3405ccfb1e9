"""A mentor's destination at the gateway: open it, lead the mentor there, learn its state.

The row is committed before the gateway is called, and every call carries the row's id, so that a
crash in between leaves one payee and a row that the sweep completes.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts.models import Mentor
from billing.gateway_names import gateway_name
from billing.gateways.base import GatewayUnavailable, write_or_find
from billing.gateways.payees import PayeeSnapshot, PayeeStatus
from billing.gateways.registry import gateway as gateway_named
from billing.models import PayoutAccount
from billing.states import PAYOUT_ACCOUNT, PayoutAccountEvent, PayoutAccountState
from kernel.errors import NotFound, Refusal
from notifications.outbox import put_email

logger = logging.getLogger(__name__)

# Gateways keep an idempotency key for a day; an older row is looked up by its metadata first.
KEY_LIFETIME = timedelta(hours=23)
# Webhooks tell of news at once; this is for those that were lost.
CHECK_AGAIN_AFTER = timedelta(hours=6)
# A payee that is gone tells nobody: its owner's farewell comes under the owner's own account.
CHECK_ACTIVE_AFTER = timedelta(days=1)
SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 200
GIVE_UP_AFTER = 3

_EVENTS = {
    PayeeStatus.ACTIVE: PayoutAccountEvent.ACTIVATE,
    PayeeStatus.RESTRICTED: PayoutAccountEvent.RESTRICT,
    PayeeStatus.CLOSED: PayoutAccountEvent.CLOSE,
}


class NotAtTheGatewayYet(Refusal):
    """The payee has not been opened there; the sweep does it within a minute."""

    code = "payout_account_not_ready"


def open_account(
    *,
    mentor_id: UUID,
    now: datetime,
    gateway: str = "stripe",
    currency: str = "USD",
    country: str = "",
) -> PayoutAccount:
    """Open the mentor's account, or complete the one that is there; return it as it is now.

    `currency` is replaced by the gateway's word. In order: the row is committed, the payee made
    under the key `payee:<row id>`, its state stored. Call it outside any transaction.

    Raises: NotFound, UnknownGateway, GatewayUnavailable, GatewayRefused; the row is kept.
    """
    gateway_named(gateway)
    account = _live(mentor_id, gateway) or _begin(
        mentor_id, gateway=gateway, currency=currency, country=country, now=now
    )
    return refresh(account_id=account.pk, now=now)


def refresh(*, account_id: UUID, now: datetime) -> PayoutAccount:
    """Bring the account to what the gateway says now; a payee that is missing there is made.

    Call it outside any transaction; repeat it as often as you like.
    Raises: NotFound, GatewayUnavailable, GatewayRefused.
    """
    account = _account(account_id)
    if account.state == PayoutAccountState.CLOSED:
        return account
    return apply_sight(account_id, _ask(account, now=now), now=now)


def look(*, account_id: UUID) -> PayeeSnapshot | None:
    """Return what the gateway shows of the payee now; None where it is not known there yet."""
    account = _account(account_id)
    if account.gateway_account_id is None or account.state == PayoutAccountState.CLOSED:
        return None
    return gateway_named(account.gateway).fetch_payee(payee_id=account.gateway_account_id)


def apply_sight(account_id: UUID, seen: PayeeSnapshot, *, now: datetime) -> PayoutAccount:
    """Store what was seen of the payee, in one transaction."""
    with transaction.atomic():
        account = PayoutAccount.objects.select_for_update().get(pk=account_id)
        _apply(account, seen, now=now)
        return account


class NotInUse(Refusal):
    """The account was closed meanwhile; there is another, or none."""

    code = "payout_account_not_in_use"


def in_use(*, mentor_id: UUID) -> PayoutAccount | None:
    """Return the mentor's newest account that is not closed, at whatever gateway."""
    open_ = PayoutAccount.objects.exclude(state=PayoutAccountState.CLOSED)
    return open_.filter(mentor=mentor_id).order_by("-created_at", "-pk").first()


def close(*, account_id: UUID, now: datetime) -> PayoutAccount:
    """Leave a destination behind: no payout goes there any more. Raises NotFound, NotInUse.

    A payout that was ordered already is on its way; one that was not fails, and is paid again.
    """
    with transaction.atomic():
        account = PayoutAccount.objects.select_for_update().filter(pk=account_id).first()
        if account is None:
            raise NotFound(f"There is no payout account {account_id}.")
        if account.state == PayoutAccountState.CLOSED:
            raise NotInUse(f"Payout account {account.public_id} is closed already; read it again.")
        account.transition(PayoutAccountEvent.CLOSE)
        account.closed_at = now
        account.save(update_fields=["state", "closed_at"])
    return account


def onboarding_link(
    *, account_id: UUID, return_url: str | None = None, refresh_url: str | None = None
) -> str:
    """Return the gateway's page on which the mentor gives bank and identity; good for minutes.

    It leads back to the app's page of earnings, with a mark on which the app has the gateway asked:
    its own news may come later than the mentor. Raises: NotFound, NotAtTheGatewayYet,
    GatewayUnavailable.
    """
    account = _account(account_id)
    if account.gateway_account_id is None:
        raise NotAtTheGatewayYet(
            f"Payout account {account.public_id} is still being opened at {account.gateway}. "
            "Try again in a minute."
        )
    home = f"{settings.PUBLIC_URL}/app/earnings"
    return gateway_named(account.gateway).onboarding_link(
        payee_id=account.gateway_account_id,
        return_url=return_url or f"{home}?account=asked",
        refresh_url=refresh_url or home,
    )


def find_for(*, gateway: str, payee_id: str) -> UUID | None:
    """Return the id of the account that a gateway's payee belongs to, or None: not ours."""
    found = PayoutAccount.objects.filter(gateway=gateway, gateway_account_id=payee_id)
    return found.values_list("pk", flat=True).first()


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Refresh accounts that are not known there yet, or long unasked; say how many.

    One that fails does not stop the others; a gateway silent three times running does.
    """
    unknown = Q(gateway_account_id=None, created_at__lte=now - older_than)
    unasked = Q(state__in=[PayoutAccountState.ONBOARDING, PayoutAccountState.RESTRICTED]) & Q(
        checked_at__lte=now - CHECK_AGAIN_AFTER
    )
    settled = Q(state=PayoutAccountState.ACTIVE, checked_at__lte=now - CHECK_ACTIVE_AFTER)
    waiting = PayoutAccount.objects.exclude(state=PayoutAccountState.CLOSED)
    due = waiting.filter(unknown | unasked | settled).order_by(
        F("checked_at").asc(nulls_first=True), "pk"
    )
    tried = silent = 0
    for account_id in list(due.values_list("pk", flat=True)[:SWEEP_BATCH]):
        tried += 1
        try:
            refresh(account_id=account_id, now=now)
        except GatewayUnavailable as error:
            logger.warning("sweep: payout account %s: %s", account_id, error)
            silent += 1
            if silent >= GIVE_UP_AFTER:
                break
        except Exception:
            logger.exception("sweep: payout account %s could not be refreshed", account_id)
        else:
            silent = 0
    return tried


def _begin(
    mentor_id: UUID, *, gateway: str, currency: str, country: str, now: datetime
) -> PayoutAccount:
    with transaction.atomic():
        # Locked, so that of two at once the second one sees the first and cools off.
        rows = Mentor.objects.select_for_update(of=("self",), no_key=True).select_related("user")
        mentor = rows.filter(pk=mentor_id).first()
        if mentor is None:
            raise NotFound(f"There is no mentor {mentor_id}.")
        twin = _live(mentor_id, gateway)
        if twin is not None:
            return twin
        another = PayoutAccount.objects.filter(mentor=mentor).exists()
        account = PayoutAccount.objects.create(
            mentor=mentor,
            gateway=gateway,
            currency=currency,
            country=country,
            created_at=now,
            usable_from=now + settings.PAYOUT_COOL_OFF if another else None,
        )
        if another:
            _tell_mentor(account, mentor)
    return account


# Note [Cooling off]: whoever gets into a mentor's account changes first where the money goes. So a
# destination that is not the first is paid some days later, and the address that we know is told
# at once: time enough to notice, and to have the payouts held.
def _tell_mentor(account: PayoutAccount, mentor: Mentor) -> None:
    put_email(
        key=f"payout-destination:{account.public_id}",
        template="payout_destination",
        to=mentor.user.email,
        language=mentor.user.language,
        context={
            "name": mentor.user.name,
            "gateway": gateway_name(account.gateway),
            "account": account.public_id,
            "usable_from": f"{account.usable_from:%Y-%m-%d %H:%M} UTC",
        },
    )


def _tell_mentor_of_the_exchange(account: PayoutAccount) -> None:
    logger.warning("payout account %s: another destination was put under it", account.public_id)
    put_email(
        key=f"payout-exchanged:{account.public_id}",
        template="payout_exchanged",
        to=account.mentor.user.email,
        language=account.mentor.user.language,
        context={
            "name": account.mentor.user.name,
            "gateway": gateway_name(account.gateway),
            "account": account.public_id,
        },
    )


def _ask(account: PayoutAccount, *, now: datetime) -> PayeeSnapshot:
    port = gateway_named(account.gateway)
    if account.gateway_account_id is not None:
        return port.fetch_payee(payee_id=account.gateway_account_id)
    if now - account.created_at > KEY_LIFETIME:
        found = port.find_payee(account_id=account.pk, created_at=account.created_at)
        if found is not None:
            return found
    return write_or_find(
        lambda: port.create_payee(account_id=account.pk, country=account.country),
        lambda: port.find_payee(account_id=account.pk, created_at=account.created_at),
    )


def _apply(account: PayoutAccount, seen: PayeeSnapshot, *, now: datetime) -> None:
    """Store what was seen; a payee of a second id does not replace the first.

    Nor does a second destination under the same id (note [Cooling off]): the account is closed.
    """
    if account.gateway_account_id is None:
        account.gateway_account_id = seen.id
    state = PayoutAccountState(account.state)
    if account.gateway_account_id != seen.id or state is PayoutAccountState.CLOSED:
        return
    account.destination = account.destination or seen.destination or None
    if seen.destination and seen.destination != account.destination:
        _tell_mentor_of_the_exchange(account)
        # What is said of the other account is nothing that we keep.
        seen = replace(seen, status=PayeeStatus.CLOSED, currency="", asked_for=())
    # To an account that was verified once, a new question is a restriction.
    event = _EVENTS.get(seen.status, PayoutAccountEvent.RESTRICT)
    waits = seen.status is PayeeStatus.ONBOARDING and state is PayoutAccountState.ONBOARDING
    if not waits and PAYOUT_ACCOUNT.allows(state, event):
        account.transition(event)
    account.closed_at = now if account.state == PayoutAccountState.CLOSED else None
    account.currency = seen.currency or account.currency
    account.asked_for = ", ".join(seen.asked_for)[:300]
    account.checked_at = now
    account.save(
        update_fields=[
            "gateway_account_id",
            "destination",
            "state",
            "closed_at",
            "currency",
            "asked_for",
            "checked_at",
        ]
    )


def _live(mentor_id: UUID, gateway: str) -> PayoutAccount | None:
    open_ = PayoutAccount.objects.exclude(state=PayoutAccountState.CLOSED)
    return open_.filter(mentor=mentor_id, gateway=gateway).first()


def _account(account_id: UUID) -> PayoutAccount:
    found = PayoutAccount.objects.filter(pk=account_id).first()
    if found is None:
        raise NotFound(f"There is no payout account {account_id}.")
    return found
