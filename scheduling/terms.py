"""A frozen cancellation policy in words, in the language that is active; knows no row."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext


def policy_words(policy: Mapping[str, Any]) -> str:
    """Return such as `Full refund until 24 h before, then 50 %.` from a policy's tiers."""
    tiers = sorted(policy["tiers"], key=lambda tier: -tier["hours_before"])
    parts = [
        _part(tier["refund_bps"], tier["hours_before"]) for tier in tiers if tier["refund_bps"]
    ]
    if not parts:
        return gettext("No refund.")
    nothing_later = any(not tier["refund_bps"] for tier in tiers) or tiers[-1]["hours_before"]
    then = gettext(", then ")
    words = then.join([*parts, gettext("nothing")] if nothing_later else parts)
    return f"{words[0].upper()}{words[1:]}."


def _part(bps: int, hours: int) -> str:
    share = f"{bps / 100:g}"
    if bps == 10_000:
        whole = gettext("full refund until %(hours)s h before")
        return (whole if hours else gettext("full refund until the start")) % {"hours": hours}
    part = gettext("%(share)s %% back until %(hours)s h before")
    late = gettext("%(share)s %% back until the start")
    return (part if hours else late) % {"share": share, "hours": hours}
