"""What a phone needs to know to put the app beside its others: W3C's web app manifest.

It lies under /app because its `scope` does. The format has one colour for light and dark alike; the
page's two `theme-color` tags overrule it once a page is shown.
"""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

PAPER = "#f5f2e8"  # --cf-paper by day (static/css/tokens.css)


def contents() -> dict[str, Any]:
    """Return the manifest; addresses of icons are those of the static files as they are named."""
    return {
        "id": "/app",
        "name": "Counterfoil",
        "short_name": "Counterfoil",
        "description": "Book time with mentors and coaches.",
        "lang": "en",
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
            {"name": "Sessions", "url": "/app/sessions", "icons": [_icon("icon-192.png", 192)]},
            {"name": "Messages", "url": "/app/messages", "icons": [_icon("icon-192.png", 192)]},
        ],
    }


@require_safe
def web_manifest(_request: HttpRequest) -> JsonResponse:
    """Answer with the manifest, the same for everybody."""
    response = JsonResponse(contents(), content_type="application/manifest+json")
    patch_cache_control(response, public=True, max_age=3600)
    return response


def _icon(name: str, size: int) -> dict[str, Any]:
    return {
        "src": static(f"brand/{name}"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": "any",
    }
