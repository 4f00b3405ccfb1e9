"""What entries of payouts to our bank, and of answers to breaks, have to say. SQL alone."""

from billing.ledger.calls import PARTS, Call

CALLS = (
    Call(
        "break_resolution",
        "resolved",
        "billing_breakresolution answer JOIN billing_break broken ON broken.id = answer.broken_id "
        "LEFT JOIN billing_payment payment ON payment.id = broken.payment_id "
        "WHERE answer.done_at IS NOT NULL AND debit <> ''",
        id="answer.id::text",
        purchase="payment.purchase_id",
        at="answer.done_at",
        parts={
            code: f"CASE '{code}' WHEN debit THEN answer.amount_minor "
            "WHEN credit THEN -answer.amount_minor ELSE 0 END"
            for code in PARTS
            if code.isdigit()
        },
    ),
    *(
        Call(
            "gateway_payout",
            kind,
            f"billing_gatewaypayout WHERE {when}",
            purchase="NULL",
            at=at,
            parts={debit: "amount_minor", credit: "-amount_minor"},
        )
        for kind, at, when, debit, credit in (
            ("sent", "sent_at", "true", "1120", "1100"),
            ("arrived", "arrived_at", "arrived_at IS NOT NULL", "1010", "1120"),
            ("failed", "failed_at", "failed_at IS NOT NULL AND arrived_at IS NULL", "1100", "1120"),
            (
                "returned",
                "failed_at",
                "failed_at IS NOT NULL AND arrived_at IS NOT NULL",
                "1100",
                "1010",
            ),
        )
    ),
)
