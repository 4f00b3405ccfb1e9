"""Answer breaks without a person, as far as finance has decided it: fees, categories, suspense.

Each break is answered in a transaction of its own, so that one that cannot be stops no other.
"""

import logging
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from billing.models import Break, BreakResolution
from billing.reconciliation import resolving
from billing.reconciliation.suggesting import suggest
from kernel.errors import Refusal

logger = logging.getLogger(__name__)

PARK = BreakResolution.Action.PARK


def apply_rules(*, run_id: UUID, now: datetime) -> int:
    """Answer what finance has a rule for: fees within the tolerance, mapped categories.

    What no rule knows of an unknown category is parked in suspense and stays open. A break that
    a person answers meanwhile is left to that person; return how many answers were given.
    """
    waiting = BreakResolution.objects.filter(broken=OuterRef("pk"), done_at=None, withdrawn_at=None)
    rows = Break.objects.filter(
        ~Exists(waiting),
        last_run=run_id,
        state=Break.State.OPEN,
        type__in=[Break.Type.FEE, Break.Type.UNKNOWN_CATEGORY],
    )
    done = 0
    for broken in rows.order_by("occurred_at", "pk"):
        try:
            done += _by_rule(broken, now=now)
        except Refusal as refusal:
            logger.info("break %s is left to a person: %s", broken.pk, refusal.detail)
    return done


def _by_rule(broken: Break, *, now: datetime) -> int:
    """Give a break the answers that rules have for it; return how many."""
    facts = resolving.facts_of(broken)
    found = suggest(facts)
    if found.action != PARK and abs(found.amount_minor) > resolving.limit(broken.currency, now=now):
        if broken.type != Break.Type.UNKNOWN_CATEGORY:
            return 0
        found = suggest(replace(facts, category_code=""))
    if not found.automatic:
        return 0
    says = f"By rule: {found.says}"
    resolving.resolve(break_id=broken.pk, action=found.action, reason=says, by=None, now=now)
    return 1 + (_by_rule(broken, now=now) if found.action == PARK else 0)
