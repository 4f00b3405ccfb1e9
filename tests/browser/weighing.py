"""What a page brings over the wire, as the browser itself counts it.

Bytes are `encodedDataLength` of the browser's own protocol: headers and compressed bodies, or the
bodies alone.
"""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page


@dataclass
class Weighed:
    """What one page brought, by kind of resource."""

    bytes_of: dict[str, int] = field(default_factory=dict)
    bodies_of: dict[str, int] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        return sum(size for kind, size in self.bytes_of.items() if kind != "Image")

    @property
    def without_pictures(self) -> list[str]:
        return [one for one in self.requests if not one.startswith("Image ")]


def weigh(page: Page, url: str) -> Weighed:
    """Open an address in a page of its own and return what came over the wire."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    found, kinds = Weighed(), dict[str, str]()

    def asked(event: dict[str, Any]) -> None:
        kind = event.get("type", "Other")
        if event["request"]["url"].startswith("http"):  # not `data:`
            kinds[event["requestId"]] = kind
            found.requests.append(f"{kind} {event['request']['url']}")

    def brought(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"])
        if kind is not None:
            size = round(event["encodedDataLength"])
            found.bytes_of[kind] = found.bytes_of.get(kind, 0) + size

    def received(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"])
        if kind is not None:
            found.bodies_of[kind] = found.bodies_of.get(kind, 0) + round(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.dataReceived", received)
    session.on("Network.loadingFinished", brought)
    page.goto(url, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    return found
