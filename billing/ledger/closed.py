"""That closed periods are what was closed (I12). SQL alone."""

from billing.ledger.invariants import Invariant

# A line is covered by its id and its amount; together they name it in the whole ledger.
LINE_HASH = (
    "encode(sha256(convert_to(string_agg(line.id || ':' || line.amount_minor, ',' "
    "ORDER BY line.id), 'UTF8')), 'hex')"
)

I12 = Invariant(
    "I12",
    "A closed period holds the lines that it held when it was closed, each with its amount.",
    f"""
    WITH said AS (
        SELECT period.id, total.account_id,
               concat_ws(' ', debit_minor, credit_minor, lines, line_hash) AS what
        FROM billing_periodclose period JOIN billing_periodtotal total
             ON total.period_id = period.id
        WHERE total.lines > 0
    ), now AS (
        SELECT period.id, line.account_id,
               concat_ws(' ',
                   coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0),
                   coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0),
                   count(*), {LINE_HASH}) AS what
        FROM billing_periodclose period
        JOIN billing_entry entry ON entry.booked_at >= period.since
             AND entry.booked_at < period.until
        JOIN billing_line line ON line.entry_id = entry.id
        WHERE period.approved_at IS NOT NULL GROUP BY period.id, line.account_id
    )
    SELECT concat_ws(' ', 'period', id, account_id) AS id,
           coalesce(said.what, 'no lines') AS expected,
           coalesce(now.what, 'no lines') AS found
    FROM said FULL JOIN now USING (id, account_id)
    WHERE said.what IS DISTINCT FROM now.what
    """,  # noqa: S608 - constants
)
