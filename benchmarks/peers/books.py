"""The books as the peers of job E ask for them: what is paid, and what was refunded."""

OURS = """
SELECT 'charge' AS kind, gateway_charge_id AS id, id::text AS payment, gateway_intent_id AS intent,
    amount_minor AS amount, actual_fee_minor AS fee, currency, state = 'succeeded' AS booked
FROM billing_payment
UNION ALL
SELECT 'refund', gateway_refund_id, payment_id::text, gateway_intent_id, -r.amount_minor, 0,
    r.currency, true
FROM billing_refund r JOIN billing_payment p ON p.id = r.payment_id
"""
