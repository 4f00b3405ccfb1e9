"""Content policies: strict for pages and app, the gateways' hosts on a checkout page alone.

Public pages carry no inline script at all, so a cached page needs no nonce. The app's page has
nonces. The staff's pages are Wagtail's, which is not written for a strict policy: theirs forbids
foreign hosts and leaves inline code alone.
"""

from django.utils.csp import CSP

from spa.gateway import BrowserHosts

type Policy = dict[str, list[str]]

NOTHING_ELSE: Policy = {
    "default-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
PUBLIC: Policy = {
    **NOTHING_ELSE,
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
}
STAFF: Policy = {
    **PUBLIC,
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-src": [CSP.SELF],
    "worker-src": [CSP.SELF, "blob:"],
}


def app_policy(files: str, *, stream: str, gateway: BrowserHosts | None) -> Policy:
    """Return the policy of an app page whose scripts all lie under `files` (host and path).

    Scripts are named by their folder and not by 'self': uploads of this very host must not run.
    `stream` is the origin of live messages ('self' where it is the site's own); `gateway` is given
    on a checkout page.
    """
    hosts = gateway or BrowserHosts(scripts=(), frames=(), calls=(), images=())
    policy: Policy = {
        **NOTHING_ELSE,
        "script-src": [CSP.NONCE, files, *hosts.scripts],
        "style-src": [CSP.SELF, CSP.NONCE],
        "img-src": [CSP.SELF, "data:", "blob:", *hosts.images],
        "font-src": [CSP.SELF],
        "connect-src": list(dict.fromkeys([CSP.SELF, stream, *hosts.calls])),
        "manifest-src": [CSP.SELF],
        "worker-src": [files],
        "frame-ancestors": [CSP.NONE],
    }
    if hosts.frames:
        policy["frame-src"] = [*hosts.frames]
    return policy
