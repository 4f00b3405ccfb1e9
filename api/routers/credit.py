"""A client's credit over HTTP: what there is, and who brought whom."""

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from api.permissions import allowed
from api.principal import client_of
from api.schemas.base import problems
from api.schemas.credit import CreditOut, ReferralOut, ReferralRequest
from billing import client_credit, referrals
from kernel import clock

router = Router(tags=["credit"])


@router.get(
    "",
    operation_id="credit_get",
    auth=allowed("credit_get"),
    response={200: CreditOut, **problems(403)},
    summary="Read the own credit",
)
def credit_get(request: HttpRequest) -> CreditOut:
    """The balance in each currency, the newest hundred movements, and the own referral code."""
    client = client_of(request)
    return CreditOut.of(*client_credit.statement(client=client), code=referrals.code_of(client))


@router.post(
    "/referral",
    operation_id="credit_referral",
    auth=allowed("credit_referral"),
    response={201: ReferralOut, **problems(403, 409, 422)},
    summary="Say who brought you",
)
def credit_referral(request: HttpRequest, body: ReferralRequest) -> Status[ReferralOut]:
    """Once, before the first purchase. They are rewarded when your first session is over."""
    referrals.accept(client=client_of(request), code=body.code, now=clock.now())
    return Status(201, ReferralOut(accepted=True))
