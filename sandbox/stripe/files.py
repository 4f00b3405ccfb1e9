"""Files that belong to something else: the documents of a dispute's evidence.

https://docs.stripe.com/file-upload. Contents are not kept, only what is told of them: size and
digest.
"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe.errors import invalid
from sandbox.stripe.world import World

_LARGEST = 5_000_000  # of all documents of one dispute
# SDKs send every file as application/octet-stream: what it is, its first bytes say.
_MAGIC = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/files, as multipart: `file` and `purpose`."""
    given = params["file"]
    head = given["head"].encode("latin-1")
    kind = next((name for name, magic in _MAGIC.items() if head.startswith(magic)), None)
    if params["purpose"] == "dispute_evidence":
        if kind is None:
            raise invalid("File for dispute_evidence must be a PDF, JPEG or PNG.", param="file")
        if given["size"] > _LARGEST:
            raise invalid("File for dispute_evidence is larger than 5 MB.", param="file")
    made: Json = {
        "id": world.ids.new("file"),
        "object": "file",
        "created": world.now,
        "expires_at": None,
        "filename": given["name"],
        "links": {"object": "list", "data": [], "has_more": False, "url": "/v1/file_links"},
        "purpose": params["purpose"],
        "size": given["size"],
        "title": None,
        "type": kind,
        "url": None,
        "_sha256": given["sha256"],
    }
    world.add("file", made)
    return made


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/files/{id}"""
    return world.require("file", names["id"])
