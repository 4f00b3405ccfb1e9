"""What must never happen on any page, written down while a browser is used.

Console errors, uncaught exceptions, failed or foreign requests and layout shifts are faults of
the journey on which they occur. A refusal that a journey provokes (a declined card, a lost slot)
is announced beforehand, and must then come.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
_CUT = re.compile(
    r"net::ERR_(INTERNET_DISCONNECTED|CONNECTION_\w+|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)"
)
# Shifts that follow a click or key within half a second are the person's own doing.
_OBSERVE_SHIFTS = """
window.__shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    const where = entry.sources.map((one) => {
      const node = one.node?.nodeType === 1 ? one.node : one.node?.parentElement;
      return node ? node.outerHTML.slice(0, 120) : "?";
    });
    const gone = entry.sources.length > 0 && entry.sources.every(({ node }) => node === null);
    window.__shifts.push({ value: entry.value, where, gone });
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SMALLEST_SHIFT = 0.001  # a thousandth of the viewport; below it nobody sees anything move
# What has left the document by the next frame was seen to vanish, not to move; unless it is large.
SMALLEST_SHIFT_OF_WHAT_IS_GONE = 0.01


@dataclass
class Watch:
    """Looks at one page from its first request on."""

    page: Page
    faults: list[str] = field(default_factory=list)
    _expected: list[tuple[int, str]] = field(default_factory=list)
    _refused: list[tuple[int, str]] = field(default_factory=list)
    _is_cut: bool = False
    _others: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.add_init_script(_OBSERVE_SHIFTS)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)

    def expect_refusal(self, status: int, path: str) -> None:
        """Announce that an address ending in `path` will answer `status`, once or more often."""
        self._expected.append((status, path))

    def expect_disconnection(self) -> None:
        """Announce that servers will be out of reach: requests fail for want of a connection."""
        self._is_cut = True

    def expect_hosts(self, *names: str) -> None:
        """Announce requests to other hosts, which a test answers in their place."""
        self._others.update(names)

    def note_shifts(self) -> None:
        """Take down the layout shifts of the document that is shown; call before leaving it."""
        for shift in self.page.evaluate("window.__shifts?.splice(0) ?? []"):
            least = SMALLEST_SHIFT_OF_WHAT_IS_GONE if shift["gone"] else SMALLEST_SHIFT
            if shift["value"] >= least:
                self.faults.append(
                    f"layout shift {shift['value']:.4f} on {self.page.url}: {shift['where']}"
                )

    def forget_shifts(self) -> None:
        """Leave out what moved so far: the person's own doing, be it half a second ago or more."""
        self.page.evaluate("window.__shifts?.splice(0)")

    def verdict(self) -> list[str]:
        """Return every fault, and every announced refusal that never came."""
        self.note_shifts()
        missing = [
            f"{path} never answered {status}"
            for status, path in self._expected
            if not any(found == status and url.endswith(path) for found, url in self._refused)
        ]
        return [*self.faults, *missing]

    def _announced(self, status: int, url: str) -> bool:
        path = urlsplit(url).path
        return any(status == wanted and path.endswith(end) for wanted, end in self._expected)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        refused = _REFUSED.match(message.text)
        if refused and self._announced(int(refused[1]), message.location.get("url", "")):
            return
        if self._is_cut and _CUT.search(message.text):
            return
        self.faults.append(f"console {message.type}: {message.text} ({message.location})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        known = LOOPBACK | self._others
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in known:
            self.faults.append(f"a request left this machine: {request.url}")

    def _failed(self, request: Request) -> None:
        if self._is_cut and _CUT.search(request.failure or ""):
            return
        if request.failure != "net::ERR_ABORTED":  # leaving a page ends what it was loading
            self.faults.append(f"request failed: {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._refused.append((response.status, urlsplit(response.url).path))
        if response.status >= 500:
            self.faults.append(f"{response.status} from {response.url}")
