"""Write down what a gateway's balance holds of a sale in another currency, and post it.

`billing.settlement` calls it under the payment's lock with what the gateway shows; it decides
nothing and calls nobody. Disputes whose money moves in another currency are a person's to book.
"""

from datetime import datetime

from django.db.models import Sum

from billing.gateways.base import BalanceTransaction
from billing.ledger import converted, entries
from billing.models import Conversion, Payment, Refund


def observe(
    *,
    payment: Payment,
    moved: BalanceTransaction,
    sale_minor: int,
    now: datetime,
    refund: Refund | None = None,
) -> bool:
    """Book one movement of the balance as `sale_minor` of the sale; say whether that is news.

    Expects the transaction that holds the payment's lock. A movement in the sale's own currency
    needs no exchange and is no news here; nor is one that was seen before.
    """
    if moved.currency == payment.currency:
        return False
    if Conversion.objects.filter(gateway=payment.gateway, transaction_id=moved.id).exists():
        return False
    row = Conversion(
        payment=payment,
        refund=refund,
        gateway=payment.gateway,
        transaction_id=moved.id,
        sale_minor=sale_minor,
        sale_currency=payment.currency,
        settled_minor=moved.amount_minor,
        settled_currency=moved.currency,
        occurred_at=moved.created_at,
        created_at=now,
    )
    row.difference_minor = _left_over(row)
    row.save(force_insert=True)
    entries.post(
        converted.converted(
            subject=entries.subject_of(purchase=payment.purchase, gateway=payment.gateway),
            conversion_id=row.pk,
            sale_minor=row.sale_minor,
            settled_minor=row.settled_minor,
            settled_currency=row.settled_currency,
            difference_minor=row.difference_minor,
            at=row.occurred_at,
        ),
        posted_at=now,
    )
    return True


def _left_over(row: Conversion) -> int:
    """Return what the exchanges of a payment leave once nothing of the sale is there any more.

    It does not matter which of them is heard of last: their sum is the same.
    """
    same = Conversion.objects.filter(payment=row.payment, settled_currency=row.settled_currency)
    before = same.aggregate(
        sale=Sum("sale_minor", default=0),
        settled=Sum("settled_minor", default=0),
        taken=Sum("difference_minor", default=0),
    )
    if before["sale"] + row.sale_minor != 0:
        return 0
    return int(before["settled"] + row.settled_minor - before["taken"])
