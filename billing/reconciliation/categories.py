"""Where a gateway's kind of movement is posted from now on: a rule that two people make.

It is prepared with the answer to one break and kept when another person approves that answer;
until then, and without one, such movements go to suspense (1900) and wait for a person.
"""

from datetime import datetime

from billing.models import Break, BreakResolution, CategoryAccount, GatewayTransaction
from kernel import audit


def category_of(broken: Break) -> str:
    """Return the gateway's own word for an unknown movement."""
    row = GatewayTransaction.objects.filter(
        gateway=broken.gateway, transaction_id=broken.key, occurred_at=broken.occurred_at
    ).last()
    return row.category if row else ""


def account_of(broken: Break) -> str:
    """Return the account that the movement's category was given, or nothing."""
    rule = CategoryAccount.objects.filter(gateway=broken.gateway, category=category_of(broken))
    return rule.values_list("code", flat=True).first() or ""


def keep(answer: BreakResolution, *, now: datetime) -> CategoryAccount:
    """Make the rule that an approved answer asks for; in the caller's transaction.

    What the category was given before is in the audit trail, with both people.
    """
    broken = answer.broken
    category = category_of(broken)
    before = account_of(broken)
    rule, _ = CategoryAccount.objects.update_or_create(
        gateway=broken.gateway,
        category=category,
        defaults={
            "code": answer.debit,
            "resolution": answer,
            "created_by": answer.prepared_by,
            "created_at": now,
        },
    )
    people = (answer.prepared_by, answer.approved_by)
    prepared, approved = (person.public_id if person else "" for person in people)
    audit.record(
        actor=approved,
        action="category_account.set",
        object_type="category_account",
        object_id=f"{broken.gateway}:{category}",
        data={
            "account": answer.debit,
            "before": before,
            "prepared_by": prepared,
            "resolution": answer.public_id,
        },
    )
    return rule
