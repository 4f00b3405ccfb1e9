"""Bank statements as files: CSV by a mapping, CAMT.053, MT940. Pure: bytes in, lines out.

Everything in a file is somebody else's. Sizes are capped before anything is read, XML may name no
entity, and what cannot be read is an error with its row, never an exception further up.
"""

from billing.treasury.formats.base import ParsedLine, ParsedStatement, RowError, Unreadable
from billing.treasury.formats.camt import read_camt
from billing.treasury.formats.delimited import Mapping, guess, preview, read_csv
from billing.treasury.formats.mt940_file import read_mt940

MOST_BYTES = 10_000_000


def kind_of(data: bytes) -> str:
    """Tell what a file is by how it begins: `camt.053`, `mt940`, else `csv`. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise Unreadable("The file is empty.")
    if head.startswith(b"<"):
        return "camt.053"
    if head.startswith((b":20:", b"{1:")) or b"\n:60F:" in head or b"\n:60M:" in head:
        return "mt940"
    return "csv"


__all__ = [
    "MOST_BYTES",
    "Mapping",
    "ParsedLine",
    "ParsedStatement",
    "RowError",
    "Unreadable",
    "guess",
    "kind_of",
    "preview",
    "read_camt",
    "read_csv",
    "read_mt940",
]
