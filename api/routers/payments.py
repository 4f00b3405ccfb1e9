"""Payments over HTTP: begin, look, list, and what the gateway tells us."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from ninja.responses import Status

from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, no_such, own_payments_of, parse_id, payment_of
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import client_of, principal_of, user_of
from api.schemas.base import MoneyOut, problems
from api.schemas.credit import CoverOut, CoverRequest
from api.schemas.payments import (
    ConfirmOut,
    ConfirmRequest,
    IntentOut,
    IntentRequest,
    PaymentOut,
    PaymentPage,
    PaymentQuery,
    PaymentState,
    SessionState,
    WebhookOut,
    package_id_of,
)
from api.schemas.sessions import RefundOut
from billing import checkout, payments, webhooks
from billing.payments import Outcome
from kernel import clock
from kernel.idempotency import Attempt

router = Router(tags=["payments"])

PaymentId = Annotated[PublicId, Path(..., alias="payment_id")]


@router.post(
    "/create-intent",
    operation_id="payments_create_intent",
    auth=allowed("payments_create_intent"),
    response={201: IntentOut, **problems(400, 403, 404, 409, 422)},
    summary="Begin to pay for a held session",
)
def payments_create_intent(
    request: HttpRequest, body: IntentRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """What the gateway's own fields need. A second call for the same hold gives the same one."""
    client = client_of(request)
    session_id = parse_id("ses", body.session_id, "session")

    def act(_: Attempt) -> IntentOut:
        started = checkout.start(
            session_id=session_id,
            client=client,
            gateway=body.gateway,
            discount_code=body.discount_code or "",
            use_credit=bool(body.use_credit),
            now=clock.now(),
        )
        return IntentOut(**intent_fields(started))

    return once(request, key, body, act, refetch={"client_secret": secret_again})


def intent_fields(started: checkout.Started) -> dict[str, Any]:
    """Return what an intent's shape says of a payment that was begun, of a session or a package."""
    payment, purchase = started.payment, started.payment.purchase
    at_paypal = payment.gateway == "paypal"
    return {
        "payment_id": payment.public_id,
        "gateway": payment.gateway,
        "price": MoneyOut.minor(purchase.list_price_minor, purchase.currency),
        "discount": MoneyOut.minor(purchase.taken_off_minor, purchase.currency),
        "credit": MoneyOut.minor(purchase.credit_minor, purchase.currency),
        "amount": MoneyOut.minor(payment.amount_minor, payment.currency),
        "client_secret": None if at_paypal else started.client_secret,
        "publishable_key": None if at_paypal else started.publishable_key,
        "order_id": payment.gateway_intent_id if at_paypal else None,
        "client_id": started.publishable_key if at_paypal else None,
    }


def secret_again(stored: dict[str, Any]) -> str | None:
    """Fetch the secret anew, of a gateway that has one."""
    if stored["gateway"] == "paypal":
        return None
    payment_id = parse_id("pay", stored["payment_id"], "payment")
    return payments.open_intent(payment_id=payment_id)[1].client_secret


@router.post(
    "/cover",
    operation_id="payments_cover",
    auth=allowed("payments_cover"),
    response={201: CoverOut, **problems(400, 403, 404, 409, 422)},
    summary="Settle a held session with credit alone",
)
def payments_cover(
    request: HttpRequest, body: CoverRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """Confirms the session at once. 409 `credit_too_low` where something is left to pay."""
    client = client_of(request)
    session_id = parse_id("ses", body.session_id, "session")

    def act(_: Attempt) -> CoverOut:
        return CoverOut.of(
            checkout.cover(
                session_id=session_id,
                client=client,
                discount_code=body.discount_code or "",
                now=clock.now(),
            )
        )

    return once(request, key, body, act)


@router.post(
    "/confirm",
    operation_id="payments_confirm",
    auth=allowed("payments_confirm"),
    response={200: ConfirmOut, 202: ConfirmOut, **problems(400, 403, 404, 409, 422)},
    summary="Look at the gateway now",
)
def payments_confirm(request: HttpRequest, body: ConfirmRequest) -> Status[ConfirmOut]:
    """A hint: the webhook does the same. 202 while the gateway is undecided."""
    payment = payment_of(user_of(request), body.payment_id)
    if payment.purchase.client_id != client_of(request).pk:
        raise no_such("payment")
    settled = payments.settle(payment_id=payment.pk, now=clock.now())
    answer = ConfirmOut(
        payment=PaymentState.of(settled.payment, user_of(request)),
        session=SessionState.of(settled.session) if settled.session else None,
        package_id=package_id_of(payment),
        refunds=[RefundOut.of(refund) for refund in settled.payment.refunds.order_by("created_at")],
    )
    return Status(202 if settled.outcome is Outcome.WAITING else 200, answer)


@router.get(
    "",
    operation_id="payments_list",
    auth=allowed("payments_list"),
    response={200: PaymentPage, **problems(400, 422)},
    summary="List the own payments",
)
def payments_list(request: HttpRequest, query: Query[PaymentQuery]) -> PaymentPage:
    """Paid by the client, or for the mentor's sessions; the newest first."""
    reader = user_of(request)
    page = paginate(
        own_payments_of(reader),
        key="created_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("payments", principal_of(request), {}),
    )
    items = [PaymentOut.of(payment, reader) for payment in page.items]
    return PaymentPage(items=items, next=page.next, prev=page.prev)


@router.get(
    "/{payment_id}",
    operation_id="payments_get",
    auth=allowed("payments_get"),
    response={200: PaymentOut, **problems(404, 422)},
    summary="Read a payment",
)
def payments_get(request: HttpRequest, payment_id: PaymentId) -> PaymentOut:
    """Amount, status, receipt and refunds; the session's mentor also sees the breakdown."""
    reader = user_of(request)
    return PaymentOut.of(payment_of(reader, payment_id), reader)


@router.post(
    "/webhook/stripe",
    operation_id="payments_webhook_stripe",
    auth=allowed("payments_webhook_stripe"),
    throttle=[],
    response={200: WebhookOut, **problems(400)},
    summary="Take an event of Stripe",
)
def payments_webhook_stripe(request: HttpRequest) -> WebhookOut:
    """Stripe calls this. The signature over the raw body is checked, the event stored."""
    webhooks.receive(
        gateway="stripe", body=request.body, headers=dict(request.headers), now=clock.now()
    )
    return WebhookOut(received=True)


@router.post(
    "/webhook/paypal",
    operation_id="payments_webhook_paypal",
    auth=allowed("payments_webhook_paypal"),
    throttle=[],
    response={200: WebhookOut, **problems(400)},
    summary="Take an event of PayPal",
)
def payments_webhook_paypal(request: HttpRequest) -> WebhookOut:
    """PayPal calls this. The signature is checked offline over the raw body, the event stored."""
    webhooks.receive(
        gateway="paypal", body=request.body, headers=dict(request.headers), now=clock.now()
    )
    return WebhookOut(received=True)
