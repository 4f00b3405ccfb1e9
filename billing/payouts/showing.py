"""What a run consists of: its preview for people, and its canonical content with the hash."""

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from billing.models import Payout, PayoutExclusion, PayoutLine, PayoutRun
from billing.payouts.found import run_of


@dataclass(frozen=True, slots=True)
class Preview:
    """Who is paid what in a run, and who is not, with the reason."""

    run: PayoutRun
    included: tuple[Payout, ...]
    excluded: tuple[PayoutExclusion, ...]

    @property
    def total_minor(self) -> int:
        return sum(payout.amount_minor for payout in self.included)


def preview(*, run_id: UUID) -> Preview:
    """Return the run with its payouts and exclusions, each with its mentor; by name.

    A fixed number of queries. Raises NotFound.
    """
    run = run_of(run_id)
    payouts = Payout.objects.filter(run=run).select_related("mentor__user", "account")
    left_out = PayoutExclusion.objects.filter(run=run).select_related("mentor__user")
    return Preview(
        run=run,
        included=tuple(payouts.order_by("mentor__user__name", "pk")),
        excluded=tuple(left_out.order_by("mentor__user__name", "pk")),
    )


def content_hash(run: PayoutRun) -> str:
    """Return the SHA-256 of who is paid what, whereto, and out of which ledger lines.

    Computed from the rows alone: approval compares it with what was frozen.
    """
    lines = PayoutLine.objects.order_by("line_id")
    payouts = (
        Payout.objects.filter(run=run)
        .select_related("account")
        .prefetch_related(Prefetch("lines", queryset=lines))
        .order_by("pk")
    )
    content = {
        "run": str(run.pk),
        "gateway": run.gateway,
        "currency": run.currency,
        "payouts": [
            {
                "payout": str(payout.pk),
                "mentor": str(payout.mentor_id),
                "account": payout.account.destination or payout.account.gateway_account_id,
                "amount_minor": payout.amount_minor,
                "lines": [[line.line_id, line.amount_minor] for line in payout.lines.all()],
            }
            for payout in payouts
        ],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
