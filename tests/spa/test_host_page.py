"""The app's page: what it names, which policy it carries, and what is said without a build."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.spa.conftest import MANIFEST, write_build

STAND_IN = "http://127.0.0.1:8017"
STREAM = "http://127.0.0.1:8018"
CHECKOUT = "/app/sessions/ses_1/pay"


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.STRIPE_API_BASE = STAND_IN
    settings.PAYPAL_API_BASE = f"{STAND_IN}/paypal"
    settings.STREAM_URL = STREAM


def directive(response: Any, name: str) -> list[str] | None:
    """Return the sources that a response's policy gives for a directive."""
    for part in response["Content-Security-Policy"].split("; "):
        first, *rest = part.split(" ")
        if first == name:
            return list(rest)
    return None


@pytest.mark.parametrize("address", ["/app", "/app/", "/app/mentors", CHECKOUT, "/app/no/such"])
def test_every_address_of_the_app_answers_with_its_page(
    client: Client, build: Path, address: str
) -> None:
    response = client.get(address)

    text = response.content.decode()
    assert response.status_code == 200
    assert re.findall(r'rel="modulepreload" href="([^"]+)"', text) == [
        "/static/spa/assets/react-Bq7ZpX0c.js",
        "/static/spa/assets/ui-C0ffee42.js",
    ]
    assert re.findall(r'rel="stylesheet" href="([^"]+)"', text) == [
        "/static/spa/assets/main-Xy_z-123.css"
    ]
    assert re.findall(r'type="module" src="([^"]+)"', text) == [
        "/static/spa/assets/main-D3adB33f.js"
    ]
    assert re.findall(r'rel="preload" href="([^"]+)" as="font"', text) == [
        "/static/spa/assets/inter-latin-F0nt0000.woff2"
    ]
    assert response["Cache-Control"] == "no-cache, private"


def test_scripts_run_by_nonce_or_from_the_build_and_from_nowhere_else(
    client: Client, build: Path
) -> None:
    first, second = client.get("/app"), client.get("/app")

    nonces = re.findall(r'<script [^>]*nonce="([^"]+)"', first.content.decode())
    assert directive(first, "script-src") == [f"'nonce-{nonces[0]}'", "testserver/static/spa/"]
    assert directive(first, "default-src") == ["'none'"]
    assert directive(first, "frame-src") is None
    assert directive(first, "connect-src") == ["'self'", STREAM]
    assert directive(first, "frame-ancestors") == ["'none'"]
    assert first["Content-Security-Policy"] != second["Content-Security-Policy"]
    assert "unsafe" not in first["Content-Security-Policy"]


def test_only_a_checkout_may_reach_the_gateway(client: Client, build: Path) -> None:
    checkout, elsewhere = client.get(CHECKOUT), client.get("/app/sessions/ses_1")

    assert STAND_IN in (directive(checkout, "script-src") or [])
    assert directive(checkout, "frame-src") == [STAND_IN]
    assert directive(checkout, "connect-src") == ["'self'", STREAM, STAND_IN]
    assert f'src="{STAND_IN}/js/v3/" defer' in checkout.content.decode()
    page = checkout.content.decode()
    assert '<meta name="counterfoil-checkout" content="stripe paypal">' in page
    assert f'<meta name="counterfoil-paypal" content="{STAND_IN}/paypal/sdk/js">' in page
    assert f'src="{STAND_IN}/paypal' not in page  # loaded once somebody chooses PayPal
    assert STAND_IN not in elsewhere["Content-Security-Policy"]
    assert STAND_IN not in elsewhere.content.decode()
    assert "counterfoil-checkout" not in elsewhere.content.decode()


def test_a_checkout_may_hear_from_the_window_it_opened(client: Client, build: Path) -> None:
    opener = "Cross-Origin-Opener-Policy"

    assert client.get(CHECKOUT)[opener] == "same-origin-allow-popups"
    assert client.get("/app/sessions")[opener] == "same-origin"


@pytest.mark.parametrize(
    ("stripe", "paypal", "demo"),
    [
        ("https://api.stripe.com", "https://api-m.paypal.com", False),
        ("https://api.stripe.com", "https://api-m.sandbox.paypal.com", True),
        (STAND_IN, f"{STAND_IN}/paypal", False),
    ],
)
def test_production_brings_no_script_and_names_the_gateways_own_hosts(
    client: Client, build: Path, settings: Any, stripe: str, paypal: str, demo: bool
) -> None:
    settings.STRIPE_API_BASE, settings.PAYPAL_API_BASE = stripe, paypal
    settings.DEMO = demo
    settings.STREAM_URL = "http://testserver"  # behind the proxy: the site's own origin

    response = client.get(CHECKOUT)

    assert len(re.findall("<script [^>]*src=", response.content.decode())) == 1
    assert (directive(response, "script-src") or [])[2:] == [
        "https://js.stripe.com",
        "https://*.js.stripe.com",
        "https://www.paypal.com",
        "https://www.paypalobjects.com",
    ]
    assert directive(response, "frame-src") == [
        "https://js.stripe.com",
        "https://*.js.stripe.com",
        "https://hooks.stripe.com",
        "https://www.paypal.com",
        "https://www.sandbox.paypal.com",
    ]
    assert directive(response, "connect-src") == [
        "'self'",
        "https://api.stripe.com",
        "https://www.paypal.com",
        "https://www.sandbox.paypal.com",
    ]
    assert (
        '<meta name="counterfoil-paypal" content="https://www.paypal.com/sdk/js">'
        in response.content.decode()
    )
    assert "127.0.0.1" not in response["Content-Security-Policy"]


def test_without_a_build_the_page_says_what_to_do(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    settings.SPA_DIST = tmp_path / "nothing"

    response = client.get("/app/mentors")

    assert response.status_code == 503
    assert "make spa" in response.content.decode()
    assert response["Cache-Control"] == "no-cache, private"


@pytest.mark.parametrize("damage", ["", "{}", '{"a": {"isEntry": true}}'])
def test_a_damaged_manifest_is_no_build(client: Client, build: Path, damage: str) -> None:
    (build / ".vite" / "manifest.json").write_text(damage)

    assert client.get("/app").status_code == 503


def test_a_new_build_is_served_without_a_restart(client: Client, build: Path) -> None:
    before = client.get("/app").content.decode()
    entry = {**MANIFEST["src/main.tsx"], "file": "assets/main-99999999.js"}
    write_build(build, {**MANIFEST, "src/main.tsx": entry})
    os.utime(build / ".vite" / "manifest.json", ns=(1, 1))

    after = client.get("/app").content.decode()

    assert "main-D3adB33f.js" in before
    assert "main-99999999.js" in after


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/login", "/app/login"),
        ("/login/?next=/app/mentors", "/app/login?next=/app/mentors"),
        ("/dashboard", "/app"),
    ],
)
def test_short_addresses_lead_into_the_app(client: Client, address: str, target: str) -> None:
    response = client.get(address)

    assert (response.status_code, response["Location"]) == (302, target)


def test_the_page_takes_no_form(client: Client, build: Path) -> None:
    assert client.post("/app").status_code == 405
