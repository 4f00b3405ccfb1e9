"""The peer of job E: polars reads the file and the books, and writes the typed breaks."""

from datetime import datetime, timedelta

import polars as pl
from polars import col
from reconciling import FOLDER, OURS, adbc, backend_of, telling


def breaks(theirs: pl.LazyFrame, ours: pl.LazyFrame) -> pl.LazyFrame:
    """Return (key, type): what breaks.sql says, in polars' own words."""
    charges = theirs.filter(col.category == "charge")
    refunds = theirs.filter(col.category == "refund")
    paid = ours.filter((col.kind == "charge") & col.booked)
    back = ours.filter(col.kind == "refund")
    joined = charges.join(
        paid.select(mine="id", our_amount="amount", our_fee="fee", our_currency="currency"),
        left_on="source_id",
        right_on="mine",
        how="full",
    )
    alien = joined.filter(col.mine.is_null()).join(
        paid.select("payment", named="id"), left_on="payment_ref", right_on="payment", how="left"
    )
    latest = datetime.fromisoformat(theirs.select(pl.max("occurred_at")).collect().item())
    late = str(latest - timedelta(minutes=10))
    both = joined.filter(col.mine.is_not_null() & col.source_id.is_not_null())
    same = both.filter(col.currency == col.our_currency)
    strangers = refunds.join(back, left_on="source_id", right_on="id", how="anti").join(
        paid.select("payment", paid="amount"), left_on="payment_ref", right_on="payment", how="left"
    )
    undone = (-col.amount_minor == col.paid).fill_null(value=False)
    lost = (
        back.join(refunds, left_on="id", right_on="source_id", how="anti")
        .join(paid.select("payment", charge="id"), on="payment", how="left")
        .join(
            charges.select("source_id", left="refunded_minor"),
            left_on="charge",
            right_on="source_id",
            how="left",
        )
    )
    denied = (col.left < -col.amount).fill_null(value=False)
    found = [
        ("charge_missing_here", alien.filter(col.named.is_null() & (col.occurred_at < late))),
        ("duplicate_charge", alien.filter(col.named.is_not_null())),
        ("currency", both.filter(col.currency != col.our_currency)),
        ("amount", same.filter(col.amount_minor != col.our_amount)),
        ("fee", same.filter(col.fee_minor != col.our_fee)),
        ("charge_missing_there", joined.filter(col.source_id.is_null()).select(source_id="mine")),
        ("status_refunded_there", strangers.filter(undone).select(source_id="intent_id")),
        ("refund_missing_here", strangers.filter(~undone)),
        ("status_refunded_here", lost.filter(denied).select(source_id="intent")),
        ("refund_missing_there", lost.filter(~denied).select(source_id="id")),
        ("dispute_missing_here", theirs.filter(col.category == "dispute")),
        (
            "unknown_category",
            theirs.filter(~col.category.is_in(["charge", "refund", "dispute"])).select(
                source_id="transaction_id"
            ),
        ),
    ]
    return pl.concat([rows.select(key="source_id", type=pl.lit(kind)) for kind, rows in found])


books = adbc()
with telling(backend_of(books)):
    ours = pl.read_database(OURS, connection=books)
    theirs = pl.scan_csv(FOLDER / "theirs.csv", schema_overrides={"occurred_at": pl.String})
    breaks(theirs, ours.lazy()).collect().write_csv(FOLDER / "breaks.csv", include_header=False)
books.close()
