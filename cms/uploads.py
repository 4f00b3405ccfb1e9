"""Files that come in through Wagtail's forms: pictures are drawn anew, documents handed on.

A picture is decoded and written again, so that nothing is kept of what else it carried: where it
was taken (EXIF), comments, whatever stands behind its end. A document is never opened: it is of a
kind that browsers do not run, and is always handed out as a download.
"""

import io
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db.models.signals import pre_save
from django.dispatch import receiver
from PIL import Image as Pillow
from PIL import ImageOps
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

# Several pictures in one JPEG are MPO; the first of them is kept.
FORMATS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP"}
READ = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 4_000  # pixels; a larger picture is made smaller
MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
UNREADABLE = (
    "This is no JPEG, PNG or WebP that can be read to its end. Save it as one, and try again."
)
# What a document of the kind begins with; the other kinds (text) begin with anything.
BEGINS = {"pdf": b"%PDF-", "docx": b"PK", "xlsx": b"PK", "pptx": b"PK", "odt": b"PK", "ods": b"PK"}


class Redrawn(ContentFile):  # type: ignore[type-arg]
    """A picture that was decoded and written by us."""


def redrawn(file: "File[Any]") -> Redrawn:
    """Return the picture anew, upright, without metadata, at most LONGEST_SIDE on either side.

    Raises ValidationError where it is none that can be read to its end.
    """
    file.seek(0)
    held = io.BytesIO()
    try:
        with Pillow.open(io.BytesIO(file.read()), formats=READ) as opened:
            kind = FORMATS[opened.format or ""]
            upright = ImageOps.exif_transpose(opened)
            drawn = upright.convert("RGB" if kind == "JPEG" else "RGBA")
    except (OSError, ValueError, SyntaxError, KeyError, Pillow.DecompressionBombError) as error:
        raise ValidationError(UNREADABLE, code="unreadable") from error
    drawn.info = {}
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn.save(held, kind, **({} if kind == "PNG" else {"quality": 90}))
    return Redrawn(held.getvalue(), name=PurePath(file.name or "picture").name)


class PictureField(WagtailImageField):  # type: ignore[misc]
    """Wagtail's, which asks for the kind, the bytes and the pixels; a broken file is refused.

    Wagtail's own answers 500 to a JPEG that ends within its header.
    """

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except OSError as error:
            raise ValidationError(UNREADABLE, code="unreadable") from error


class ImageForm(BaseImageForm):  # type: ignore[misc]
    """Wagtail's form, alone, many at once, in the chooser and to replace a file."""

    file = PictureField(label="File")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        return redrawn(file) if file and "file" in self.changed_data else file


class DocumentForm(BaseDocumentForm):  # type: ignore[misc]
    """Wagtail's form; the kinds are those of settings.WAGTAILDOCS_EXTENSIONS."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file or "file" not in self.changed_data:
            return file
        if file.size > MAX_DOCUMENT_BYTES:
            raise ValidationError("This file has more than 8 MB. Make it smaller, and try again.")
        kind = PurePath(file.name).suffix.lower().removeprefix(".")
        begins = BEGINS.get(kind, b"")
        file.seek(0)
        if file.read(len(begins)) != begins:
            raise ValidationError(f"{file.name} is none of .{kind}, whatever its name says.")
        return file


@receiver(pre_save, sender=get_image_model(), dispatch_uid="cms: pictures are drawn anew")
def draw_anew(instance: Any, **_more: Any) -> None:
    """Whatever brings a picture in past the forms has it drawn anew too."""
    held = instance.file
    # Committed: it lies in the storage already, and came by here when it was put there.
    if not held or held._committed or isinstance(held.file, Redrawn):  # noqa: SLF001 - Django's own
        return
    instance.file = redrawn(held.file)
    instance._set_image_file_metadata()  # noqa: SLF001 - Wagtail's own
