"""What a phone needs to know to put the app beside its others: W3C's web app manifest.

It lies under /app because its `scope` does. The format has one colour for light and dark alike; the
page's two `theme-color` tags overrule it once a page is shown.

A browser asks for it without cookies. So the app names the language that it speaks in the address
(`?lang=de`, `src/lib/i18n.ts`); before it runs, the browser's own languages say which.
"""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

PAPER = "#f5f2e8"  # --cf-paper by day (static/css/tokens.css)


# What the system shows of the app: a line about it, and its ways in behind a long press.
_WORDS = {
    "en": ("Book time with mentors and coaches.", "Sessions", "Messages"),
    "de": ("Buchen Sie Zeit mit Mentoren und Coaches.", "Sitzungen", "Nachrichten"),
}


def contents(language: str = "en") -> dict[str, Any]:
    """Return the manifest; addresses of icons are those of the static files as they are named."""
    description, sessions, messages = _WORDS[language]
    return {
        "id": "/app",
        "name": "Counterfoil",
        "short_name": "Counterfoil",
        "description": description,
        "lang": language,
        "dir": "ltr",
        "start_url": "/app",
        "scope": "/app",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "categories": ["education", "business", "productivity"],
        "icons": [
            _icon("icon-192.png", 192),
            _icon("icon-512.png", 512),
            {**_icon("icon-maskable-512.png", 512), "purpose": "maskable"},
        ],
        "shortcuts": [
            {"name": sessions, "url": "/app/sessions", "icons": [_icon("icon-192.png", 192)]},
            {"name": messages, "url": "/app/messages", "icons": [_icon("icon-192.png", 192)]},
        ],
    }


@require_safe
def web_manifest(request: HttpRequest) -> JsonResponse:
    """Answer with the manifest, the same for everybody who reads the language."""
    words = contents(_language_of(request))
    response = JsonResponse(words, content_type="application/manifest+json")
    patch_cache_control(response, public=True, max_age=3600)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _language_of(request: HttpRequest) -> str:
    """Return the one that the address names, else the first of the browser's that we have."""
    spoken = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted = [request.GET.get("lang", ""), *(tag.partition("-")[0] for tag, _ in spoken)]
    return next((language for language in wanted if language in _WORDS), "en")


def _icon(name: str, size: int) -> dict[str, Any]:
    return {
        "src": static(f"brand/{name}"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": "any",
    }
