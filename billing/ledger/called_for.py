"""What each ledger entry has to say: the parts of the row that called for it (I10). SQL alone.

Sums that agree prove little: a cent moved inside an entry, an entry dated into another month, or
a balanced entry that nothing called for leave them right. So each entry is compared with its row:
of which purchase, when, and how much moved in each part. An entry of a new kind of source needs
its row in `CALLS`, or it is a breach.
"""

from billing.ledger import bank_calls, prepaid_held, surplus_calls
from billing.ledger.calls import PARTS, Call
from billing.models import COST_ACCOUNTS

_PAYMENTS = (
    "billing_payment payment JOIN billing_purchase purchase ON purchase.id = payment.purchase_id"
)
_PAYOUTS = "billing_payout payout JOIN billing_payoutrun run ON run.id = payout.run_id"
_RESERVES = "billing_reservemove move JOIN billing_reserve reserve ON reserve.id = move.reserve_id"
_TRANSACTION = "gateway || ':' || gateway_balance_transaction_id"

_SPLIT = {"mentor": "mentor_minor", "commission": "commission_minor", "4020": "fee_minor"}

CALLS = (
    Call(
        "payment",
        "captured",
        _PAYMENTS,
        id="payment.id::text",
        purchase="purchase.id",
        at="succeeded_at",
        parts={
            "1100": "amount_minor",
            **{
                part: f"CASE WHEN package_id IS NULL THEN -{column} ELSE 0 END"
                for part, column in _SPLIT.items()
            },
            "5060": "discount_minor",
            "2500": "credit_minor",
            "2600": "CASE WHEN package_id IS NULL THEN 0 ELSE -amount_minor END",
        },
    ),
    Call(
        "purchase",
        "settled",
        "billing_purchase WHERE settled_at IS NOT NULL",
        purchase="id",
        at="settled_at",
        parts={
            "mentor": "-mentor_minor",
            "commission": "-commission_minor",
            "4020": "-fee_minor",
            "5060": "discount_minor",
            "2500": "credit_minor",
            "2600": "prepaid_minor",
        },
    ),
    Call(
        "credit",
        "granted",
        "billing_creditmovement WHERE kind IN ('goodwill', 'referral')",
        purchase="NULL",
        at="created_at",
        parts={
            "5060": "CASE kind WHEN 'goodwill' THEN amount_minor ELSE 0 END",
            "5070": "CASE kind WHEN 'referral' THEN amount_minor ELSE 0 END",
            "2500": "-amount_minor",
        },
    ),
    Call(
        "credit",
        "set_off",
        "billing_creditmovement WHERE kind = 'set_off'",
        purchase="NULL",
        at="created_at",
        parts={"2500": "-amount_minor", "5060": "amount_minor"},
    ),
    Call(
        "unwinding",
        "created",
        "billing_unwinding",
        at="created_at",
        parts={
            "mentor": "mentor_minor",
            "commission": "commission_minor",
            "4020": "fee_minor",
            "5060": "-discount_minor",
            "2500": "-credit_minor",
            "2600": "-prepaid_minor",
        },
    ),
    Call(
        "refund",
        "created",
        "refund",
        at="CASE WHEN cause <> 'external' THEN created_at END",
        parts={
            "mentor": "mentor_minor",
            "commission": "commission_minor",
            "4020": "fee_minor",
            "5060": "-discount_minor",
            "2500": "-credit_minor",
            "2600": "prepaid_minor",
            "2300": "-amount_minor",
        },
    ),
    Call(
        "refund",
        "succeeded",
        "refund",
        at="CASE state WHEN 'succeeded' THEN settled_at END",
        parts={"1100": "-amount_minor", "2300": "amount_minor"},
    ),
    Call(
        "refund",
        "returned",
        "refund",
        at="settled_at",
        parts={"1100": "amount_minor", "2300": "-amount_minor"},
    ),
    Call(
        "refund",
        "reversed",
        "refund",
        at="settled_at",
        parts={
            "mentor": "-mentor_minor",
            "commission": "-commission_minor",
            "4020": "-fee_minor",
            "5060": "discount_minor",
            "2500": "credit_minor",
            "2600": "-prepaid_minor",
            "2300": "amount_minor",
        },
    ),
    *surplus_calls.CALLS,
    Call(
        "balance_transaction",
        "gateway_fee",
        "billing_payment WHERE gateway_balance_transaction_id IS NOT NULL",
        id=_TRANSACTION,
        parts={"1100": "-actual_fee_minor", "5010": "actual_fee_minor"},
    ),
    Call(
        "conversion",
        "converted",
        "billing_conversion conversion JOIN billing_payment payment "
        "ON payment.id = conversion.payment_id",
        id="conversion.id::text",
        at="occurred_at",
        parts={
            "1100": "settled_minor - sale_minor",
            "6000": "sale_minor - settled_minor + difference_minor",
            "5050": "-difference_minor",
        },
    ),
    Call(
        "purchase",
        "recognised",
        "billing_purchase purchase JOIN scheduling_session session "
        "ON session.id = purchase.session_id WHERE recognised_at IS NOT NULL",
        id="purchase.id::text",
        purchase="purchase.id",
        at="coalesce(completed_at, cancelled_at)",
    ),
    Call(
        "purchase",
        "released",
        "billing_purchase WHERE released_at IS NOT NULL",
        purchase="id",
    ),
    *(
        Call(
            "payout",
            kind,
            _PAYOUTS,
            id="payout.id::text",
            purchase="NULL",
            at=at,
            parts={debit: "amount_minor", credit: "-amount_minor"},
        )
        for kind, at, debit, credit in (
            ("approved", "approved_at", "mentor", "2140"),
            ("paid", "paid_at", "2140", "1100"),
            ("failed", "failed_at", "2140", "mentor"),
            ("returned", "returned_at", "1100", "2150"),
            ("reassigned", "reassigned_at", "2150", "mentor"),
        )
    ),
    *bank_calls.CALLS,
    *prepaid_held.CALLS,
    *(
        Call(
            "payout",
            kind,
            f"{_PAYOUTS} WHERE {fee} <> 0",
            id="payout.id::text",
            purchase="NULL",
            at=at,
            parts={"5010": f"{sign}{fee}", "1100": f"-({sign}{fee})"},
        )
        for kind, at, sign, fee in (
            ("fee", "paid_at", "", "fee_minor"),
            ("fee_returned", "returned_at", "-", "fee_returned_minor"),
        )
    ),
    *(
        Call(
            "revived_payout",
            kind,
            f"{_PAYOUTS} WHERE revived_at IS NOT NULL",
            id="payout.id::text",
            purchase="NULL",
            at=at,
            parts={debit: "amount_minor", credit: "-amount_minor"},
        )
        for kind, at, debit, credit in (
            ("revived", "revived_at", "mentor", "2140"),
            ("reassigned", "reassigned_at", "2150", "mentor"),
        )
    ),
    *(
        Call(
            "reserve",
            kind,
            f"{_RESERVES} WHERE move.kind = '{kind}'",
            id="move.id::text",
            at="move.at",
            parts={debit: "move.amount_minor", credit: "-move.amount_minor"},
        )
        for kind, debit, credit in (("taken", "mentor", "2130"), ("released", "2130", "mentor"))
    ),
    Call(
        "write_off",
        "written_off",
        "billing_writeoff WHERE approved_at IS NOT NULL",
        purchase="NULL",
        at="approved_at",
        parts={"5040": "amount_minor", "mentor": "-amount_minor"},
    ),
    Call(
        "write_off_recovery",
        "recovered",
        "billing_writeoffrecovery",
        purchase="NULL",
        at="at",
        parts={"5040": "-amount_minor", "mentor": "amount_minor"},
    ),
    Call(
        "dispute",
        "withdrawn",
        "dispute WHERE withdrawn_at IS NOT NULL",
        at="withdrawn_at",
        parts={
            "1100": "-withdrawn_minor - fee_minor",
            "1130": "withdrawn_minor",
            "5020": "fee_minor",
        },
    ),
    Call(
        "dispute",
        "reinstated",
        "dispute WHERE reinstated_at IS NOT NULL",
        at="reinstated_at",
        parts={
            "1100": "reinstated_minor + fee_returned_minor",
            "1130": "-reinstated_minor",
            "5020": "-fee_returned_minor",
        },
    ),
    Call(
        "dispute_movement",
        "moved",
        "moved",
        at="occurred_at",
        parts={
            "1100": "amount_minor - fee_minor",
            "1130": "-amount_minor",
            "5020": "fee_minor",
        },
    ),
    Call(
        "dispute_loss",
        "lost",
        "loss",
        at="created_at",
        parts={
            "mentor": "mentor_minor",
            "commission": "commission_minor",
            "4020": "fee_minor",
            "5030": "excess_minor",
            "5060": "-discount_minor",
            "2500": "-credit_minor",
            "2600": "prepaid_minor",
            "1130": "discount_minor + credit_minor - share_minor - excess_minor",
        },
    ),
    Call(
        "dispute_loss",
        "reversed",
        "loss WHERE reversed_at IS NOT NULL",
        at="reversed_at",
        parts={
            "mentor": "-mentor_minor",
            "commission": "-commission_minor",
            "4020": "-fee_minor",
            "5030": "-excess_minor",
            "5060": "discount_minor",
            "2500": "credit_minor",
            "2600": "-prepaid_minor",
            "1130": "share_minor + excess_minor - discount_minor - credit_minor",
        },
    ),
    *(
        Call(
            "cost",
            kind,
            f"billing_cost WHERE reverses_id IS {there}",
            purchase="NULL",
            at="day::timestamp AT TIME ZONE 'UTC'",
            parts={
                "1010": f"{sign}-amount_minor",
                **{
                    code: f"CASE account WHEN '{code}' THEN {sign}amount_minor ELSE 0 END"
                    for code in COST_ACCOUNTS
                },
            },
        )
        for kind, there, sign in (("entered", "NULL", ""), ("reversed", "NOT NULL", "-1 * "))
    ),
)


def _sum(codes: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return (
        f"coalesce(sum(amount_minor) FILTER (WHERE left(account_id, 4) IN ({listed})), 0)::bigint"
    )


_NAMES = ", ".join(f'"{part}"' for part in PARTS)
_ALL = ", ".join(f"'{code}'" for codes in PARTS.values() for code in codes)
_WORDS = ", ".join(f"{part} %%s" for part in PARTS) + ", else %%s"
_FOUND = ", ".join(_sum(codes) for codes in PARTS.values())

# Rows of (id, expected, found), as every invariant gives them.
SQL = f"""
    WITH found AS (
        SELECT entry_id, purchase_id, format('{_WORDS}', {_FOUND},
               coalesce(sum(abs(amount_minor)) FILTER (
                   WHERE left(account_id, 4) NOT IN ({_ALL})), 0)) AS parts
        FROM billing_line GROUP BY entry_id, purchase_id
    ), refund AS (
        SELECT refund.*, payment.purchase_id
        FROM billing_refund refund JOIN billing_payment payment ON payment.id = refund.payment_id
    ), dispute AS (
        SELECT dispute.*, payment.purchase_id
        FROM billing_dispute dispute JOIN billing_payment payment
             ON payment.id = dispute.payment_id
    ), moved AS (
        SELECT movement.*, dispute.purchase_id
        FROM billing_disputemovement movement JOIN dispute ON dispute.id = movement.dispute_id
    ), loss AS (
        SELECT loss.*, dispute.purchase_id
        FROM billing_disputeloss loss JOIN dispute ON dispute.id = loss.dispute_id
    ), called (source_type, source_id, kind, purchase_id, at, {_NAMES}) AS (
        {" UNION ALL ".join(call.sql() for call in CALLS)}
    ), wanted AS (
        SELECT source_type, source_id, kind, purchase_id, at,
               format('{_WORDS}', {_NAMES}, 0) AS parts
        FROM called
    )
    SELECT concat_ws(' ', entry.source_type, entry.source_id, entry.kind) AS id,
           coalesce(concat_ws(' ', wanted.purchase_id, wanted.at, wanted.parts), 'no entry')
               AS expected,
           concat_ws(' ', found.purchase_id, entry.occurred_at, found.parts) AS found
    FROM billing_entry entry
    JOIN found ON found.entry_id = entry.id
    LEFT JOIN wanted USING (source_type, source_id, kind)
    WHERE wanted.parts IS NULL OR wanted.parts <> found.parts
       OR wanted.purchase_id IS DISTINCT FROM found.purchase_id
       OR wanted.at <> entry.occurred_at
       OR (entry.booked_at <> entry.occurred_at AND entry.booked_at NOT IN (
           SELECT until FROM billing_periodclose WHERE approved_at IS NOT NULL))
"""  # noqa: S608 - constants
