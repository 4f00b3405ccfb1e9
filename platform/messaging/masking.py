"""Hide ways to reach somebody outside: e-mail addresses, links, handles, telephone numbers. Pure.

It stops the easy way round the marketplace, not a person who writes digits as words. Days, hours
and prices, which people here write all the time, are left alone, and so are UUIDs, whose groups
are now and then all digits.
"""

import re

HIDDEN = "[hidden until a session is paid]"

_EMAIL = r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+"
_LINK = r"(?:https?://|www\.)\S+|\b(?:[\w-]+\.)+(?:com|org|net|io|me|co|app|dev|ly|eu|de|uk|fr)\b(?:/\S*)?"
_HANDLE = r"(?<![\w.])@\w[\w.]{2,}"
_CONTACT = re.compile(f"{_EMAIL}|{_LINK}|{_HANDLE}", re.IGNORECASE)

# Digits with what is written between them; a colon or a comma ends it, as in hours and prices.
_UUID = r"(?<![\w-])(?=[\d-]*[a-f])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\w-])"
_TELEPHONE = r"(?<![\w.,:])\+?\(?\d(?:[ ()./\-–]{0,2}\d){6,}(?![\w:])"
_NUMBER = re.compile(f"(?P<uuid>{_UUID})|{_TELEPHONE}", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_FEWEST, _MOST = 7, 15  # digits of a telephone number (E.164 has at most 15)


def masked(text: str) -> str:
    """Return the text with every way to reach somebody outside replaced by HIDDEN."""
    return _NUMBER.sub(_number, _CONTACT.sub(HIDDEN, text))


def _number(found: re.Match[str]) -> str:
    written = found.group()
    if found["uuid"]:
        return written
    digits = sum(letter.isdigit() for letter in _DAY.sub("", written))
    return HIDDEN if _FEWEST <= digits <= _MOST else written
