"""The app's files keep the names that Vite gave them; everyone else's are hashed by Django."""

from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

from tests.spa.conftest import write_build

GZIP = {"accept-encoding": "gzip"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "spa.static.StaticStorage"},
}


@pytest.fixture
def collected(tmp_path: Path, settings: Any) -> Path:
    """What collectstatic makes of a build of the app and one style sheet."""
    write_build(tmp_path / "dist")
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "site.css").write_text("p { margin: 0 }\n" * 40)
    settings.STATICFILES_DIRS = [tmp_path / "static", ("spa", tmp_path / "dist")]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = STORAGES
    call_command("collectstatic", interactive=False, verbosity=0, stdout=StringIO())
    return tmp_path / "collected"


def names(folder: Path, pattern: str) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.glob(pattern))


def test_a_module_of_the_app_has_one_name(collected: Path) -> None:
    assert names(collected, "spa/assets/main-*.js*") == [
        "spa/assets/main-D3adB33f.js",
        "spa/assets/main-D3adB33f.js.br",
        "spa/assets/main-D3adB33f.js.gz",
    ]
    assert staticfiles_storage.url("spa/assets/main-D3adB33f.js") == (
        "/static/spa/assets/main-D3adB33f.js"
    )


def test_other_files_are_hashed_and_compressed(collected: Path) -> None:
    found = names(collected, "css/*")

    assert len(found) == 6  # plain and hashed, each with its copies by Brotli and by gzip
    assert staticfiles_storage.url("css/site.css").startswith("/static/css/site.")
    assert staticfiles_storage.url("css/site.css") != "/static/css/site.css"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "lifetime"),
    [
        ("spa/assets/main-D3adB33f.js", "max-age=315360000, public, immutable"),
        ("css/site.css", "max-age=60, public"),
    ],
)
def test_browsers_keep_what_its_content_names(
    collected: Path, client: Client, name: str, lifetime: str
) -> None:
    with closing(client.get(f"/static/{name}", headers=GZIP)) as response:
        assert response["Cache-Control"] == lifetime
        assert response["Content-Encoding"] == "gzip"


@pytest.mark.django_db
def test_a_hashed_style_sheet_is_kept_for_ever(collected: Path, client: Client) -> None:
    with closing(client.get(staticfiles_storage.url("css/site.css"))) as response:
        assert response["Cache-Control"] == "max-age=315360000, public, immutable"
