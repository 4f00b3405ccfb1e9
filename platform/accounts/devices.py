"""What a device calls itself, read as a browser and a system that its person knows.

A User-Agent is what the program says and proves nothing (RFC 9110, 10.1.5): the names are a help to
the memory, never a rule. Nearly every browser also names those that it descends from, so the first
row that is found counts, and descendants stand before their ancestors.
"""

import re
from dataclasses import dataclass

_BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"(OPR|OPT|OPiOS|Opera)/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Yandex Browser", r"YaBrowser/"),
    ("Vivaldi", r"Vivaldi/"),
    ("DuckDuckGo", r"(DuckDuckGo|Ddg)/"),
    ("Firefox", r"(Firefox|FxiOS|Focus)/"),
    ("Chrome", r"(Chrome|CriOS|Chromium)/"),
    ("Safari", r"Version/[\d.]+ (Mobile/\w+ )?Safari/"),
)
_SYSTEMS = (
    ("Windows", r"Windows"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("ChromeOS", r"\bCrOS\b"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


@dataclass(frozen=True, slots=True)
class Names:
    """Proper names, the same in every language; empty where the text names none that is known."""

    browser: str
    system: str


def names_of(user_agent: str) -> Names:
    """Return what a person calls the browser and the system that say this of themselves."""
    return Names(_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))


def _first(rows: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for name, pattern in rows if re.search(pattern, user_agent)), "")
