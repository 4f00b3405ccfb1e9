"""What this floor keeps of people, for exports and erasures. The ledger is never touched."""

from django.db.models import Case, Value, When

from kernel.personal import ERASED, Fate, Table, keep

LEDGER = "The books have to be kept for as long as tax law says, and add up only whole."
RATE = "A rate or rule of the house; nothing in it is personal."
STAFF = "What somebody did here as staff is written down for good, under a reference."
BOTH = ("client__user", "mentor__user")
BOUGHT = ("purchase__client__user", "purchase__mentor__user")
PAID = ("payment__purchase__client__user", "payment__purchase__mentor__user")


def said(column: str) -> Case:
    """Return what stands instead of words; nothing where there were none."""
    return Case(When(**{column: ""}, then=Value("")), default=Value(ERASED))


def _of_mentor(name: str, says: str, stays: tuple[str, ...]) -> list[Table]:
    """Return a table of the house's dealings with a mentor: not theirs, and kept whole."""
    return [
        Table(
            model=f"billing.{name}",
            whose=("mentor__user",),
            says=f"{says} The ledger's lines show what came of it.",
            fate=Fate.KEPT,
            stays=stays,
            why=LEDGER,
        )
    ]


def tell() -> None:
    """Name the tables; called once, at the start."""
    keep(*_BOUGHT, *_CREDIT, *_DISPUTED, *_EARNED, *_STAFF)


_BOUGHT: list[Table] = [
    Table(
        model="billing.package",
        whose=("client__user", "offer__session_type__mentor__user"),
        section="packages",
        says="Packages of sessions that you bought or sold.",
        shown=("id", "client_id", "offer_id", "begun_at", "expires_at", "closed_at"),
        fate=Fate.KEPT,
        why=LEDGER,
    ),
    Table(
        model="billing.purchase",
        whose=BOTH,
        section="purchases",
        says="What was bought, at what price, and how it was shared. Amounts are in minor "
        "units (cents).",
        shown=(
            "id",
            "client_id",
            "mentor_id",
            "session_id",
            "package_id",
            "price_minor",
            "currency",
            "fee_minor",
            "commission_minor",
            "mentor_minor",
            "discount_minor",
            "credit_minor",
            "created_at",
        ),
        fate=Fate.KEPT,
        stays=("currency",),
        why=LEDGER,
    ),
    Table(
        model="billing.payment",
        whose=BOUGHT,
        section="payments",
        says="Payments for it, with their references at the gateway.",
        shown=(
            "id",
            "purchase_id",
            "gateway",
            "amount_minor",
            "currency",
            "description",
            "state",
            "gateway_intent_id",
            "gateway_charge_id",
            "failure_code",
            "created_at",
            "succeeded_at",
        ),
        fate=Fate.CHANGED,
        blank={"description": said("description")},
        stays=(
            "gateway",
            "currency",
            "gateway_intent_id",
            "gateway_charge_id",
            "gateway_balance_transaction_id",
            "fee_currency",
            "failure_code",
        ),
        why=LEDGER,
    ),
    Table(
        model="billing.refund",
        whose=PAID,
        section="refunds",
        says="What was given back.",
        shown=(
            "id",
            "payment_id",
            "amount_minor",
            "currency",
            "cause",
            "reason",
            "state",
            "created_at",
            "settled_at",
        ),
        fate=Fate.CHANGED,
        blank={"reason": said("reason"), "dropped_reason": said("dropped_reason")},
        stays=(
            "currency",
            "gateway_refund_id",
            "key",
            "requested_by",
            "failure_code",
            "dropped_by",
        ),
        why=LEDGER,
    ),
    Table(
        model="billing.gatewayevent",
        whose=("payment__purchase__client__user", "payout__mentor__user"),
        says="What the gateway told us of your payments and payouts: the sections of payments "
        "and payouts hold what became of it.",
        fate=Fate.CHANGED,
        blank={"payload": {"erased": True}, "error": said("error")},
        stays=(
            "gateway",
            "event_id",
            "type",
            "object_type",
            "object_id",
            "intent_id",
            "charge_id",
            "outcome",
        ),
        why="That it came, and for what object, is evidence; what it said of you is taken out.",
    ),
]


_CREDIT: list[Table] = [
    Table(
        model="billing.clientcredit",
        whose=("client__user",),
        section="credit",
        says="What you have to spend, in minor units (cents).",
        shown=("currency", "balance_minor"),
        fate=Fate.KEPT,
        stays=("currency",),
        why=LEDGER,
    ),
    Table(
        model="billing.creditmovement",
        whose=("client__user",),
        section="credit_movements",
        says="How your credit came and went.",
        shown=("currency", "amount_minor", "kind", "reason", "created_at"),
        fate=Fate.CHANGED,
        blank={"reason": said("reason")},
        stays=("currency", "key", "by"),
        why=LEDGER,
    ),
    Table(
        model="billing.unwinding",
        whose=BOUGHT,
        section="given_back_without_payment",
        says="What was given back of what discounts and credit had paid.",
        shown=("id", "purchase_id", "cause", "credit_minor", "reason", "created_at"),
        fate=Fate.CHANGED,
        blank={"reason": said("reason")},
        stays=("key", "requested_by"),
        why=LEDGER,
    ),
    Table(
        model="billing.referralcode",
        whose=("client__user",),
        section="referral_code",
        says="The code that you bring others with.",
        shown=("code",),
        fate=Fate.KEPT,
        stays=("code",),
        why="Drawn by lot; it says nothing of anybody, and never belongs to another.",
    ),
    Table(
        model="billing.referral",
        whose=("client__user", "referrer__user"),
        mine=("client__user",),
        section="referrals",
        says="Who brought you, and whom you brought, by reference.",
        shown=("client_id", "referrer_id", "created_at"),
        fate=Fate.KEPT,
        why="Rewards were paid by it; it names nobody.",
    ),
]


_DISPUTED: list[Table] = [
    Table(
        model="billing.dispute",
        whose=PAID,
        section="disputes",
        says="Payments that a bank disputed.",
        shown=(
            "id",
            "payment_id",
            "amount_minor",
            "currency",
            "reason",
            "state",
            "opened_at",
            "closed_at",
        ),
        fate=Fate.KEPT,
        stays=(
            "gateway_dispute_id",
            "currency",
            "reason",
            "withdrawal_id",
            "reinstatement_id",
        ),
        why=LEDGER,
    ),
    Table(
        model="billing.disputeanswer",
        whose=tuple(f"dispute__{way}" for way in PAID),
        section="answers_to_disputes",
        says="What was said of your sessions in answer to a bank.",
        shown=(
            "id",
            "dispute_id",
            "client_name",
            "client_email",
            "service",
            "service_date",
            "record",
            "statement",
            "submitted_at",
        ),
        fate=Fate.CHANGED,
        blank={
            "client_name": ERASED,
            "client_email": ERASED,
            "service": ERASED,
            "record": ERASED,
            "statement": ERASED,
        },
        stays=("policy", "created_by", "failure"),
        why="That a dispute was answered stays; the gateway holds what was sent.",
    ),
    Table(
        model="billing.answerdocument",
        whose=tuple(f"answer__dispute__{way}" for way in PAID),
        section="documents_for_disputes",
        says="Documents that went with such an answer.",
        shown=("answer_id", "slot", "name", "content_type"),
        fate=Fate.CHANGED,
        blank={"name": ERASED, "content": b""},
        stays=("slot", "content_type", "sha256"),
        why="The digest shows which document was sent.",
    ),
]


_EARNED: list[Table] = [
    Table(
        model="billing.line",
        whose=("mentor__user",),
        section="ledger",
        says="Lines of the books that are about what you earned, in minor units (cents).",
        shown=(
            "entry__occurred_at",
            "entry__kind",
            "account__code",
            "amount_minor",
            "currency",
        ),
        fate=Fate.KEPT,
        stays=("currency",),
        why=LEDGER,
    ),
    Table(
        model="billing.mentorbalance",
        whose=("mentor__user",),
        section="balance",
        says="What you are owed, in minor units (cents): added up from the ledger.",
        shown=(
            "currency",
            "pending_minor",
            "available_minor",
            "reserve_minor",
            "paid_minor",
        ),
        fate=Fate.KEPT,
        stays=("id", "currency"),
        why=LEDGER,
    ),
    Table(
        model="billing.payoutaccount",
        whose=("mentor__user",),
        section="payout_accounts",
        says="Where your money is sent: references at the gateway, which knows your bank.",
        shown=(
            "id",
            "gateway",
            "currency",
            "country",
            "state",
            "gateway_account_id",
            "destination",
            "created_at",
            "closed_at",
        ),
        fate=Fate.CHANGED,
        blank={"asked_for": ""},
        stays=("gateway", "currency", "country", "gateway_account_id", "destination"),
        why="Payouts were sent there: the references show to whom, and only at the gateway.",
    ),
    Table(
        model="billing.payout",
        whose=("mentor__user",),
        section="payouts",
        says="What was paid out to you.",
        shown=("id", "amount_minor", "currency", "state", "created_at", "paid_at"),
        fate=Fate.KEPT,
        stays=("currency", "gateway_transfer_id", "failure_code"),
        why=LEDGER,
    ),
    Table(
        model="billing.payouthold",
        whose=("mentor__user", "placed_by", "lifted_by"),
        mine=("mentor__user",),
        section="holds",
        says="When your payouts were held, and why.",
        shown=("mentor_id", "reason", "placed_at", "lifted_at"),
        fate=Fate.CHANGED,
        blank={"reason": ERASED},
        why=LEDGER,
    ),
    *_of_mentor("payoutexclusion", "Why you were not in a payout.", ("detail", "currency")),
    *_of_mentor("reserve", "What was kept back of your money.", ("currency", "reason")),
    *_of_mentor("writeoff", "What you owed and need not pay.", ("currency", "reason")),
    *_of_mentor("writeoffrecovery", "What you paid of it later.", ("currency", "source_id")),
    *_of_mentor("discount", "Discounts on what you sell.", ("code", "name", "currency")),
    *_of_mentor("commissionrule", RATE, ()),
    *_of_mentor("breakagerule", RATE, ()),
    *_of_mentor("reserverule", RATE, ("currency",)),
]


_STAFF: list[Table] = [
        Table(
            model=f"billing.{name}",
            whose=whose,
            says=STAFF,
            fate=Fate.KEPT,
            stays=stays,
            why=STAFF,
        )
        for name, whose, stays in (
            ("payoutrun", ("built_by", "frozen_by", "approved_by", "discarded_by"),
             ("gateway", "currency", "content_hash", "waits_for")),
            ("bankstatement", ("imported_by",), ("filename", "sha256", "errors")),
            ("periodclose", ("proposed_by", "approved_by", "withdrawn_by"),
             ("content_hash", "open_breaks")),
            ("cost", ("entered_by",), ("account", "currency", "supplier", "memo")),
            ("breakresolution", ("prepared_by", "approved_by"),
             ("debit", "credit", "currency", "reason")),
            ("categoryaccount", ("created_by",), ("gateway", "category", "code")),
        )
]  # fmt: skip
