"""Where a request comes from, as limits count it. Believes no header that a stranger can write."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
IPV6_PREFIX = 64


def source_of(request: HttpRequest) -> str:
    """Return the address that limits are counted by: an IPv4 address or an IPv6 /64.

    `X-Forwarded-For` is read only behind settings.TRUSTED_PROXIES proxies of ours, and then
    the entry that the outermost of them wrote; what a client put before it does not matter.
    A list shorter than that did not pass our proxies: the connection's own address is taken.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    trusted: int = settings.TRUSTED_PROXIES
    if trusted:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if len(hops) >= trusted:
            peer = hops[-trusted]
    return _counted(peer.strip())


@lru_cache(maxsize=1024)
def _counted(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        # One subscriber holds a whole /64 and could change the rest at every guess.
        return str(ipaddress.ip_network((int(address), IPV6_PREFIX), strict=False).network_address)
    return str(address)
