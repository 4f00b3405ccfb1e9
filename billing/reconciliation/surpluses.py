"""What was given back because no sale asked for it, and is listed as come back: a lost webhook.

Leg A leaves such a charge out while it goes back, so no break would tell.
"""

from uuid import UUID

from django.db import connection

from billing.models import ReconciliationRun
from billing.reconciliation.matching import REFUND_FAILURES

_BOUNCED = """
SELECT DISTINCT surplus.payment_id
FROM billing_listing row JOIN billing_surplus surplus ON surplus.gateway = row.gateway
 AND (surplus.id = row.refund_ref OR surplus.gateway_refund_id = row.source_id
      OR surplus.intent_id = row.intent_id)
WHERE row.seen_by = %(run)s AND row.category = ANY(%(failures)s) AND surplus.state = 'succeeded'
ORDER BY surplus.payment_id
"""


def bounced(*, run: ReconciliationRun) -> list[UUID]:
    """Return the payments of surpluses that count as gone, of which the run saw a refund fail."""
    with connection.cursor() as cursor:
        cursor.execute(_BOUNCED, {"run": run.pk, "failures": list(REFUND_FAILURES)})
        return [payment_id for (payment_id,) in cursor.fetchall()]
