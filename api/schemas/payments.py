"""A payment's shapes: what begins one, what it became, and its parts for the mentor."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from accounts.models import User
from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, MoneyOut, Out, PlainText
from api.schemas.sessions import FailureOut, PaymentStatus, RefundOut, SessionStatus
from billing import queries
from billing.models import Payment, Purchase
from scheduling.models import Session, SessionType

PublicIdIn = Annotated[PlainText, Field(min_length=1, max_length=40)]


PackageIdOut = Annotated[
    str | None, Field(description="The package that was bought; then there is no session.")
]


class IntentRequest(Body):
    """Begin to pay for a held session."""

    session_id: PublicIdIn
    gateway: Annotated[
        Literal["stripe", "paypal"],
        Field(description="Another one than before ends the payment that was begun there."),
    ]
    discount_code: Annotated[
        PlainText | None,
        Field(max_length=40, description="Fixed with the price at the first call for a hold."),
    ] = None
    use_credit: Annotated[
        bool | None, Field(description="Let the own credit pay first; fixed like the code.")
    ] = None


class IntentOut(Out):
    """What the gateway's fields in the page need. The secret is for this client alone.

    `price` less `discount` and `credit` is `amount`, what is left to pay.
    """

    payment_id: str
    gateway: str
    price: MoneyOut
    discount: MoneyOut
    credit: MoneyOut
    amount: MoneyOut
    client_secret: Annotated[
        str | None,
        Field(description="Stripe: pass it to Stripe.js; never store it. PayPal has none."),
    ]
    publishable_key: Annotated[str | None, Field(description="Stripe's; PayPal has none.")]
    order_id: Annotated[
        str | None, Field(description="PayPal: what its buttons' createOrder returns.")
    ]
    client_id: Annotated[str | None, Field(description="PayPal: loads its buttons.")]


class ConfirmRequest(Body):
    """Ask the product to look at the gateway now."""

    payment_id: PublicIdIn


class PaymentState(Out):
    """A payment's id and status, and why the latest try failed."""

    id: str
    status: PaymentStatus
    failure: FailureOut | None

    @classmethod
    def of(cls, payment: Payment, reader: User) -> "PaymentState":
        return cls(
            id=payment.public_id,
            status=payment.state,  # type: ignore[arg-type]
            failure=FailureOut.of(payment, reader),
        )


class SessionState(Out):
    """A session's id and status."""

    id: str
    status: SessionStatus

    @classmethod
    def of(cls, session: Session) -> "SessionState":
        return cls(id=session.public_id, status=session.state)  # type: ignore[arg-type]


class ConfirmOut(Out):
    """Where the payment and its session stand now, and what of the money goes back."""

    payment: PaymentState
    session: Annotated[SessionState | None, Field(description="None where a package is paid.")]
    package_id: PackageIdOut
    refunds: Annotated[
        list[RefundOut],
        Field(description="`late_payment`: it came after the hold, and the time was taken."),
    ]


class PaymentQuery(BaseModel):
    """A page of the own payments."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class Receipt(Out):
    """What was paid, by whom, to whom, when."""

    number: str
    paid_at: datetime
    amount: MoneyOut
    refunded: MoneyOut
    client: Annotated[str, Field(description="Who has paid, by name.")]
    mentor: str
    session_type: str
    session_starts_at: Annotated[datetime | None, Field(description="None of a package.")]

    @classmethod
    def of(cls, payment: Payment) -> "Receipt | None":
        """Return the receipt of a payment that succeeded."""
        if payment.succeeded_at is None:
            return None
        purchase = payment.purchase
        return cls(
            number=payment.public_id,
            paid_at=payment.succeeded_at,
            amount=MoneyOut.minor(payment.amount_minor, payment.currency),
            refunded=MoneyOut.minor(payment.refunded_minor, payment.currency),
            client=purchase.client.user.name,
            mentor=purchase.mentor.user.name,
            session_type=session_type_of(purchase).name,
            session_starts_at=purchase.session.starts_at if purchase.session else None,
        )


class Breakdown(Out):
    """The price's parts in minor units; the session's mentor sees them."""

    gateway_fee: int
    commission: int
    mentor_share: int

    @classmethod
    def of(cls, purchase: Purchase) -> "Breakdown":
        parts = queries.breakdown(purchase=purchase)
        return cls(
            gateway_fee=parts.gateway_fee.amount_minor,
            commission=parts.commission.amount_minor,
            mentor_share=parts.mentor_share.amount_minor,
        )


class PaymentOut(Out):
    """A payment. `breakdown` is there for the session's mentor alone."""

    id: str
    session_id: Annotated[str | None, Field(description="None where a package was bought.")]
    package_id: PackageIdOut
    gateway: str
    amount: MoneyOut
    status: PaymentStatus
    failure: FailureOut | None
    created_at: datetime
    receipt: Receipt | None
    refunds: list[RefundOut]
    breakdown: Breakdown | None

    @classmethod
    def of(cls, payment: Payment, reader: User) -> "PaymentOut":
        """Return the shape as `reader` sees it; load the payment by `api.lookups`."""
        purchase = payment.purchase
        refunds = sorted(payment.refunds.all(), key=lambda refund: refund.created_at)
        return cls(
            id=payment.public_id,
            session_id=purchase.session.public_id if purchase.session else None,
            package_id=package_id_of(payment),
            gateway=payment.gateway,
            amount=MoneyOut.minor(payment.amount_minor, payment.currency),
            status=payment.state,  # type: ignore[arg-type]
            failure=FailureOut.of(payment, reader),
            created_at=payment.created_at,
            receipt=Receipt.of(payment),
            refunds=[RefundOut.of(refund) for refund in refunds],
            breakdown=Breakdown.of(purchase) if purchase.mentor.user_id == reader.pk else None,
        )


def package_id_of(payment: Payment) -> str | None:
    """Return the public id of the package that was bought, where it was one."""
    package = payment.purchase.package
    return package.public_id if package else None


def session_type_of(purchase: Purchase) -> SessionType:
    """Return the kind of session that was bought: one, or several in a package."""
    package = purchase.package
    return package.offer.session_type if package else purchase.booked.session_type


class PaymentPage(Out):
    """A page of payments."""

    items: list[PaymentOut]
    next: str | None
    prev: str | None


class WebhookOut(Out):
    """The event is stored and will be worked on."""

    received: bool
