"""A frozen cancellation policy in words. Pure."""

from collections.abc import Mapping
from typing import Any


def policy_words(policy: Mapping[str, Any]) -> str:
    """Return such as `Full refund until 24 h before, then 50 %.` from a policy's tiers."""
    tiers = sorted(policy["tiers"], key=lambda tier: -tier["hours_before"])
    parts = [
        f"{_share(tier['refund_bps'])} until {_limit(tier['hours_before'])}"
        for tier in tiers
        if tier["refund_bps"]
    ]
    if not parts:
        return "No refund."
    nothing_later = any(not tier["refund_bps"] for tier in tiers) or tiers[-1]["hours_before"]
    words = ", then ".join([*parts, "nothing"] if nothing_later else parts)
    return f"{words[0].upper()}{words[1:]}."


def _share(bps: int) -> str:
    return "full refund" if bps == 10_000 else f"{bps / 100:g} % back"


def _limit(hours: int) -> str:
    return f"{hours} h before" if hours else "the start"
