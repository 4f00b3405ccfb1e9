"""A mentor's own money over HTTP: earnings, statements, and where payouts go."""

from typing import Annotated
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from accounts.models import Mentor
from api.etags import require_match
from api.lookups import PublicId, no_such, parse_id
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import principal_of, user_of
from api.rendering import tagged
from api.schemas.base import problems
from api.schemas.earning_analytics import AnalyticsOut, AnalyticsQuery
from api.schemas.earnings import (
    CurrencyEarnings,
    EarningLine,
    EarningsOut,
    MoneyPageQuery,
    PayoutAccountOut,
    PayoutAccountRequest,
    PayoutAccountStarted,
    StatementItem,
    StatementOut,
    StatementPage,
)
from billing import mentor_analytics, payout_accounts, statements
from kernel import clock

router = Router(tags=["mentors"])

StatementId = Annotated[PublicId, Path(..., description="A payout: po_…")]


@router.get(
    "/earnings",
    operation_id="mentors_me_earnings",
    auth=allowed("mentors_me_earnings"),
    response={200: EarningsOut, **problems(400, 403, 422)},
    summary="Read the own earnings",
)
def mentors_me_earnings(request: HttpRequest, query: Query[MoneyPageQuery]) -> EarningsOut:
    """Balances by currency, and what moved the available money, the newest first."""
    mentor = _mentor(request)
    page = paginate(
        statements.entries_of(mentor=mentor),
        key="occurred_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("earnings", principal_of(request), {}),
    )
    lines = statements.lines_of_entries(page.items, mentor=mentor)
    now = clock.now()
    money = statements.earnings(mentor_id=mentor.pk, now=now)
    return EarningsOut(
        earnings=[CurrencyEarnings.of(one) for one in money],
        next_payout_on=statements.next_payout_on(now=now),
        lines=[EarningLine.of(line) for line in lines],
        next=page.next,
        prev=page.prev,
    )


@router.get(
    "/earnings/analytics",
    operation_id="mentors_me_earnings_analytics",
    auth=allowed("mentors_me_earnings_analytics"),
    response={200: AnalyticsOut, **problems(403, 422)},
    summary="Read the own earnings by month",
)
def mentors_me_earnings_analytics(
    request: HttpRequest, query: Query[AnalyticsQuery]
) -> AnalyticsOut:
    """Sales, their parts, everything else that moved the money, and payouts, month by month.

    Months are those of the mentor's own time zone. They sum the very lines that the list of
    earnings shows one by one.
    """
    mentor = _mentor(request)
    zone = ZoneInfo(mentor.user.time_zone)
    first, last = query.bounds(clock.now().astimezone(zone).date())
    found = mentor_analytics.analyse(mentor=mentor, first=first, last=last, zone=zone)
    return AnalyticsOut.of(found, mentor.user.time_zone)


@router.get(
    "/statements",
    operation_id="mentors_me_statements_list",
    auth=allowed("mentors_me_statements_list"),
    response={200: StatementPage, **problems(400, 403, 422)},
    summary="List the own payout statements",
)
def mentors_me_statements_list(request: HttpRequest, query: Query[MoneyPageQuery]) -> StatementPage:
    """One for each payout that was approved, the newest first."""
    page = paginate(
        statements.payouts_of(mentor=_mentor(request)),
        key="created_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("statements", principal_of(request), {}),
    )
    items = [StatementItem.of(payout) for payout in page.items]
    return StatementPage(items=items, next=page.next, prev=page.prev)


@router.get(
    "/statements/{statement_id}",
    operation_id="mentors_me_statements_get",
    auth=allowed("mentors_me_statements_get"),
    response={200: StatementOut, **problems(403, 404, 422)},
    summary="Read a payout statement",
)
def mentors_me_statements_get(request: HttpRequest, statement_id: StatementId) -> StatementOut:
    """Every line that the payout is made of; they sum to its amount."""
    pk = parse_id("po", statement_id, "statement")
    payout = statements.payouts_of(mentor=_mentor(request)).filter(pk=pk).first()
    if payout is None:
        raise no_such("statement")
    lines = [EarningLine.of(line) for line in statements.lines_of_payout(payout)]
    return StatementOut(**StatementItem.of(payout).model_dump(), lines=lines)


@router.get(
    "/payout-account",
    operation_id="mentors_me_payout_account_get",
    auth=allowed("mentors_me_payout_account_get"),
    response={200: PayoutAccountOut, 304: None, **problems(403)},
    summary="Read where payouts go",
)
def mentors_me_payout_account_get(request: HttpRequest) -> HttpResponse:
    """The destination in use, with the ETag that a change of it needs."""
    found = payout_accounts.in_use(mentor_id=_mentor(request).pk)
    return tagged(request, PayoutAccountOut.of(found))


@router.post(
    "/payout-account",
    operation_id="mentors_me_payout_account_open",
    auth=allowed("mentors_me_payout_account_open"),
    response={
        200: PayoutAccountStarted,
        **problems(403, 404, 409, 412, 413, 415, 422, 428, 503),
    },
    summary="Open or change where payouts go",
)
def mentors_me_payout_account_open(
    request: HttpRequest, payload: PayoutAccountRequest
) -> PayoutAccountStarted:
    """Open the destination, or go on with its form at the gateway; safe to repeat.

    `replace` closes the one in use; it needs `If-Match` with the ETag that was read. Another
    destination than before cools off for some days before it is paid, and the mentor is told.
    """
    mentor, now = _mentor(request), clock.now()
    found = payout_accounts.in_use(mentor_id=mentor.pk)
    if payload.replace and found is not None:
        require_match(request, PayoutAccountOut.of(found))
        payout_accounts.close(account_id=found.pk, now=now)
    account = payout_accounts.open_account(
        mentor_id=mentor.pk, gateway=payload.gateway, country=payload.country, now=now
    )
    url = payout_accounts.onboarding_link(account_id=account.pk)
    return PayoutAccountStarted(account=PayoutAccountOut.of(account).account, onboarding_url=url)


@router.post(
    "/payout-account/check",
    operation_id="mentors_me_payout_account_check",
    auth=allowed("mentors_me_payout_account_check"),
    response={200: PayoutAccountOut, **problems(403, 409, 503)},
    summary="Ask the gateway how the payout account stands",
)
def mentors_me_payout_account_check(request: HttpRequest) -> PayoutAccountOut:
    """Bring the destination in use to what its gateway says now; safe to repeat.

    For whoever comes back from the gateway's form, which leads to `/app/earnings?account=asked`:
    what the gateway tells by itself may come later. Without a destination there is none to ask for.
    """
    found = payout_accounts.in_use(mentor_id=_mentor(request).pk)
    if found is not None:
        found = payout_accounts.refresh(account_id=found.pk, now=clock.now())
    return PayoutAccountOut.of(found)


def _mentor(request: HttpRequest) -> Mentor:
    return Mentor.objects.select_related("user").get(user=user_of(request))
