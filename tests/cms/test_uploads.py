"""Files through Wagtail's forms: drawn anew, capped, or refused; documents are downloads."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image as Pillow
from wagtail.documents.models import Document
from wagtail.images.forms import get_image_form
from wagtail.images.models import Image
from wagtail.models import Collection

from accounts import roles
from cms import uploads
from tests.cms.conftest import SignIn

pytestmark = pytest.mark.django_db

SECRET = b"Taken at home, 51.5 N"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<html><script>alert(1)</script></html>"


def photo(*, size: tuple[int, int] = (40, 20)) -> bytes:
    """A JPEG with EXIF, a comment, and a script behind its end; it lies on its side."""
    exif = Pillow.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = SECRET.decode()
    held = io.BytesIO()
    Pillow.new("RGB", size, "red").save(held, "JPEG", exif=exif, comment=SECRET)
    return held.getvalue() + HTML


def file(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def in_the_form(browser: Browser, upload: Any) -> Any:
    root = Collection.get_first_root_node()
    return browser.post("/cms/images/add/", {"title": "A", "collection": root.pk, "file": upload})


def among_many(browser: Browser, upload: Any) -> Any:
    return browser.post("/cms/images/multiple/add/", {"title": "A", "files[]": upload})


def in_the_chooser(browser: Browser, upload: Any) -> Any:
    root = Collection.get_first_root_node()
    given = {
        "image-chooser-upload-title": "A",
        "image-chooser-upload-collection": root.pk,
        "image-chooser-upload-file": upload,
    }
    return browser.post("/cms/images/chooser/create/", given)


def in_place_of_another(browser: Browser, upload: Any) -> Any:
    dot = io.BytesIO()
    Pillow.new("RGB", (3, 3)).save(dot, "PNG")
    old = Image.objects.create(title="Old", file=ContentFile(dot.getvalue(), name="old.png"))
    given = {"title": "A", "collection": old.collection_id, "file": upload, "tags": ""}
    return browser.post(f"/cms/images/{old.pk}/", given)


WAYS = (in_the_form, among_many, in_the_chooser, in_place_of_another)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_picture_is_drawn_anew_whichever_way_it_comes(way: Any, sign_in: SignIn) -> None:
    way(sign_in(roles.CONTENT_EDITOR if way is not in_place_of_another else "admin"), file(photo()))

    kept = Image.objects.get()
    content = kept.file.read()
    assert kept.title in {"A", "photo.jpg"}
    assert SECRET not in content
    assert HTML not in content
    with Pillow.open(io.BytesIO(content)) as drawn:
        assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("JPEG", (20, 40), {})
    assert (kept.width, kept.height, kept.file_size) == (20, 40, len(content))


def test_without_the_form_of_ours_wagtail_keeps_what_the_picture_carries() -> None:
    """The hole, and the negative control: what Wagtail's own form would store."""
    form = get_image_form(Image)

    assert SECRET in photo()
    assert HTML in photo()
    assert issubclass(form, uploads.ImageForm)


@pytest.mark.parametrize("way", WAYS[:3], ids=lambda way: way.__name__)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.svg", SVG),
        ("x.png", SVG),
        ("x.jpg", HTML),
        ("x.gif", b"GIF89a" + b"\0" * 20),
        ("x.jpg", photo()[:300]),
        ("x.jpg", b""),
    ],
    ids=["svg", "svg as png", "html", "gif", "cut short", "empty"],
)
def test_what_is_no_picture_is_refused_in_words(
    way: Any, name: str, content: bytes, sign_in: SignIn
) -> None:
    answer = way(sign_in("admin"), file(content, name))

    assert answer.status_code == 200
    assert not Image.objects.exists()


def test_a_picture_past_the_forms_is_drawn_anew_too() -> None:
    kept = Image.objects.create(title="A", file=ContentFile(photo(), name="a.jpg"))

    assert SECRET not in kept.file.read()


def test_a_large_picture_is_made_smaller_and_a_huge_one_refused(sign_in: SignIn) -> None:
    root = sign_in("admin")
    in_the_form(root, file(photo(size=(5_000, 100))))
    assert max(Image.objects.get().width, Image.objects.get().height) == uploads.LONGEST_SIDE

    in_the_form(root, file(photo(size=(9_000, 5_000))))  # 45 million pixels
    assert Image.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("terms.pdf", b"%PDF-1.7 words", True),
        ("notes.txt", HTML, True),
        ("x.html", HTML, False),
        ("x.svg", SVG, False),
        ("x.exe", b"MZ", False),
        ("x.pdf", HTML, False),
        ("x.docx", HTML, False),
    ],
)
def test_documents_are_of_kinds_that_do_not_run_and_are_downloads(
    name: str, content: bytes, kept: bool, sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # a storage with files: only such a one sends them by path
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    root = Collection.get_first_root_node()
    browser = sign_in("admin")

    browser.post(
        "/cms/documents/add/",
        {"title": "A", "collection": root.pk, "file": file(content, name), "tags": ""},
    )

    assert Document.objects.exists() is kept
    if kept:
        answer = Browser().get(Document.objects.get().url)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert b"".join(answer) == content
        answer.close()


def test_a_document_of_more_than_eight_megabytes_is_refused(sign_in: SignIn) -> None:
    big = b"x" * (uploads.MAX_DOCUMENT_BYTES + 1)
    given = {"title": "A", "collection": Collection.get_first_root_node().pk, "tags": ""}

    sign_in("admin").post("/cms/documents/add/", {**given, "file": file(big, "big.txt")})

    assert not Document.objects.exists()
