"""A frozen cancellation policy in words. Pure."""

from collections.abc import Mapping
from typing import Any


def policy_words(policy: Mapping[str, Any]) -> str:
    """Return such as `Full refund until 24 h before, then 50 %.` from a policy's tiers."""
    tiers = sorted(policy["tiers"], key=lambda tier: -tier["hours_before"])
    parts = [
        f"{_share(tier['refund_bps'])} until "
        + (f"{tier['hours_before']:g} h before" if tier["hours_before"] else "the start")
        for tier in tiers
    ]
    if not parts:
        return "No refund."
    words = ", then ".join(parts)
    last = tiers[-1]
    if last["hours_before"]:
        words += ", then none"
    return f"{words[0].upper()}{words[1:]}."


def _share(bps: int) -> str:
    if bps == 10_000:
        return "full refund"
    return "no refund" if bps == 0 else f"{bps / 100:g} % back"
