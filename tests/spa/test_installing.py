"""What a phone reads before it installs the app: the manifest, its icons, the worker's scope."""

import re
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.staticfiles import finders
from django.test import Client

from spa import web_manifest
from tests.spa.conftest import write_build

ADDRESS = "/app/manifest.webmanifest"
PNG = b"\x89PNG\r\n\x1a\n"


def manifest(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(ADDRESS).json()
    return found


def test_the_page_names_its_manifest_and_may_read_it(client: Client, build: Path) -> None:
    page = client.get("/app/mentors")

    assert f'<link rel="manifest" href="{ADDRESS}">' in page.content.decode()
    assert "manifest-src 'self'" in page["Content-Security-Policy"]
    assert "worker-src testserver/static/spa/" in page["Content-Security-Policy"]


def test_the_manifest_is_the_same_for_everybody_and_kept_for_an_hour(client: Client) -> None:
    response = client.get(ADDRESS)

    assert response["Content-Type"] == "application/manifest+json"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert "Accept-Language" in response["Vary"]
    assert "Set-Cookie" not in response
    assert client.post(ADDRESS).status_code == 405


def test_it_opens_the_app_in_a_window_of_its_own(client: Client) -> None:
    found = manifest(client)

    assert (found["name"], found["short_name"]) == ("Counterfoil", "Counterfoil")
    assert (found["id"], found["start_url"], found["scope"]) == ("/app", "/app", "/app")
    assert found["display"] == "standalone"
    assert [(one["name"], one["url"]) for one in found["shortcuts"]] == [
        ("Sessions", "/app/sessions"),
        ("Messages", "/app/messages"),
    ]


@pytest.mark.parametrize(
    ("asked", "browser", "language"),
    [
        ("?lang=de", "en-GB", "de"),
        ("?lang=en", "de-AT", "en"),
        ("", "fr, de-AT;q=0.8, en;q=0.5", "de"),
        ("?lang=fr", "de", "de"),
        ("", "fr", "en"),
        ("", "", "en"),
    ],
)
def test_it_speaks_the_language_of_the_app_or_else_of_the_browser(
    client: Client, asked: str, browser: str, language: str
) -> None:
    found = client.get(f"{ADDRESS}{asked}", headers={"Accept-Language": browser}).json()

    names = {"en": ["Sessions", "Messages"], "de": ["Sitzungen", "Nachrichten"]}
    assert found["lang"] == language
    assert [one["name"] for one in found["shortcuts"]] == names[language]
    assert found["description"].startswith({"en": "Book time", "de": "Buchen Sie"}[language])
    assert found["id"] == "/app"  # one app in every language


def test_its_colours_are_those_of_the_identity(client: Client, build: Path) -> None:
    tokens = (project.ROOT / "static" / "css" / "tokens.css").read_text()
    paper = re.search(r"--cf-paper: light-dark\((#\w+), (#\w+)\)", tokens)
    assert paper is not None

    found = manifest(client)
    page = client.get("/app").content.decode()

    assert found["background_color"] == found["theme_color"] == paper[1] == web_manifest.PAPER
    assert re.findall(r'<meta name="theme-color" content="(#\w+)"', page) == [paper[1], paper[2]]


def test_each_icon_is_a_picture_of_the_size_that_is_said(client: Client) -> None:
    found = manifest(client)
    icons = [*found["icons"], *(icon for one in found["shortcuts"] for icon in one["icons"])]

    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in icons:
        path = finders.find(icon["src"].removeprefix(project.STATIC_URL))
        assert path is not None, icon
        head = Path(path).read_bytes()[:24]
        assert head.startswith(PNG)
        width, height = struct.unpack(">II", head[16:24])
        assert f"{width}x{height}" == icon["sizes"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "scope", "lifetime"),
    [
        ("sw.js", "/app", "no-cache"),
        ("other.js", None, "max-age=60, public"),
        ("assets/sw-D3adB33f.js", None, "max-age=315360000, public, immutable"),
    ],
)
def test_the_worker_alone_may_answer_for_the_app(
    client: Client,
    tmp_path: Path,
    settings: Any,
    name: str,
    scope: str | None,
    lifetime: str,
) -> None:
    write_build(tmp_path / "spa")
    (tmp_path / "spa" / name).write_text("//\n")
    settings.STATIC_ROOT = tmp_path

    with closing(client.get(f"/static/spa/{name}")) as response:
        assert response.get("Service-Worker-Allowed") == scope
        assert response["Cache-Control"] == lifetime
