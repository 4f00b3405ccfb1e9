"""The guards of the browser tests can fail: planted faults are found, clean pages have none."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.visitor import violations
from tests.browser.watch import Watch

CLEAN = (
    "<!doctype html><html lang=en><title>Clean</title><body style='color:#222;background:#fff'>"
    "<main><h1>Hello</h1><p>Nothing is wrong here.</p></main>"
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    yield page
    page.close()


def serve(page: Page, html: str, *, status: int = 200) -> None:
    """Show `html` as a page of ours, without a server; its resources answer `status`."""

    def answer(route: Route) -> None:
        whole = route.request.url.endswith("/page")
        route.fulfill(
            status=200 if whole else status,
            body=html if whole else "{}",
            content_type="text/html" if whole else "application/json",
        )

    page.route("http://127.0.0.1/**", answer)
    page.goto("http://127.0.0.1/page")


@contextmanager
def slowly(*parts: str) -> Iterator[str]:
    """A server whose page comes in parts, with a pause between them; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            for part in parts:
                self.wfile.write(part.encode())
                time.sleep(0.5)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/page"
        server.shutdown()


def test_a_clean_page_has_no_faults(page: Page) -> None:
    watch = Watch(page)

    serve(page, CLEAN)

    assert violations(page) == []
    assert watch.verdict() == []


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "image-alt"),
        ("<p style='color:#999;background:#fff'>Pale</p>", "color-contrast"),
        ("<button></button>", "button-name"),
        ("<input>", "label"),
    ],
)
def test_a_planted_violation_is_found(page: Page, planted: str, rule: str) -> None:
    serve(page, CLEAN.replace("</main>", f"{planted}</main>"))

    assert [found.partition(" ")[0] for found in violations(page)] == [rule]


def test_an_error_in_the_console_and_an_uncaught_one_are_faults(page: Page) -> None:
    watch = Watch(page)

    serve(page, CLEAN + "<script>console.error('planted'); throw new Error('uncaught')</script>")

    assert [fault.split(" (")[0] for fault in watch.verdict()] == [
        "console error: planted",
        "uncaught: uncaught",
    ]


def test_a_request_that_leaves_the_machine_is_a_fault(page: Page) -> None:
    watch = Watch(page)
    page.route("https://elsewhere.example/**", lambda route: route.fulfill(body="x"))

    serve(page, CLEAN + "<link rel=stylesheet href='https://elsewhere.example/a.css'>")

    assert "a request left this machine: https://elsewhere.example/a.css" in watch.verdict()


def test_what_moves_by_itself_is_a_fault(page: Page) -> None:
    watch = Watch(page)
    moved = CLEAN.replace("<main>", "<main><div id=late></div>")

    serve(page, moved)
    page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => {"
        "  document.getElementById('late').style.height = '200px';"
        "  requestAnimationFrame(() => setTimeout(done, 100)); }))"
    )

    (fault,) = watch.verdict()
    assert fault.startswith("layout shift 0.")


# The observer hears of a shift a little late, as on a busy machine.
LATE_OBSERVER = """
window.PerformanceObserver = class extends PerformanceObserver {
  constructor(heard) { super((list) => setTimeout(() => heard(list), 150)); }
};
"""


@pytest.mark.parametrize(
    ("by", "goes", "faults"),
    [(60, True, 0), (60, False, 1), (200, True, 1)],
    ids=["a little and gone", "a little and there", "far and gone"],
)
def test_what_moved_a_little_and_is_gone_is_no_fault(
    page: Page, by: int, goes: bool, faults: int
) -> None:
    page.add_init_script(LATE_OBSERVER)
    watch = Watch(page)
    moved = (
        "<div id=late></div><div id=moved style='height:40px;width:300px;background:#ccc'></div>"
    )

    serve(page, CLEAN.replace("</main>", f"{moved}</main>"))
    page.evaluate(
        """([by, goes]) => new Promise((done) => requestAnimationFrame(() => {
          document.getElementById("late").style.height = `${by}px`;
          requestAnimationFrame(() => requestAnimationFrame(() => {
            if (goes) document.getElementById("moved").remove();
            setTimeout(done, 300);
          }));
        }))""",
        [by, goes],
    )

    assert [fault[:15] for fault in watch.verdict()] == ["layout shift 0."] * faults


@pytest.mark.parametrize(
    ("link", "faults"), [("", 1), ("<link rel=expect blocking=render href=#cf-end>", 0)]
)
def test_a_table_that_settles_while_its_rows_arrive_moves_unless_its_page_waits(
    page: Page, link: str, faults: int
) -> None:
    """The back office's pages wait for their end (`wagtailadmin/base.html`)."""
    watch = Watch(page)
    head = CLEAN.partition("<h1>")[0]
    head = head.replace("<title>", f"<link rel=icon href=data:,>{link}<title>")
    rows = "<tr><td>" + "c" * 40 + "<td>d</table></main><div id=cf-end hidden></div>"

    with slowly(head + "<table><tr><td>a<td>a word that moves", rows) as address:
        page.goto(address)
    page.wait_for_timeout(100)

    assert [fault[:15] for fault in watch.verdict()] == ["layout shift 0."] * faults


def test_an_announced_refusal_is_none_and_must_come(page: Page) -> None:
    watch = Watch(page)
    watch.expect_refusal(409, "/api/sessions")
    watch.expect_refusal(402, "/api/never")

    serve(page, CLEAN, status=409)
    page.evaluate("fetch('/api/sessions').then(() => fetch('/api/other'))")
    page.wait_for_timeout(100)

    unannounced, missing = watch.verdict()
    assert "status of 409" in unannounced
    assert "/api/other" in unannounced
    assert missing == "/api/never never answered 402"
