"""Which pages are kept in memory, and the door that keeps them: the site's part of
`kernel.page_memory`."""

import logging
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from cms import languages
from cms.models.addresses import RESERVED
from config.pages import COMPRESSED
from kernel.page_memory.answers import Memory
from kernel.page_memory.door import Application, Door, Rules
from kernel.page_memory.mark import Mark
from kernel.page_memory.watch import Watch

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
# What a page's address may ask for and still be one of few: sheets, orders and chips. Whatever
# people type themselves is answered anew each time.
QUERIES = frozenset(
    {"page", "after", "before", "sort", "language", "duration", "currency", "rating"}
)
PATIENCE = 5  # seconds for a connection


def rules() -> Rules:
    """Return what may be kept on this site."""
    named = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME")
    return Rules(
        closed=RESERVED - {"portraits", *languages.NAMES},
        queries=QUERIES,
        cookies={*(getattr(settings, name) for name in named), "messages"},
        kinds=COMPRESSED,
        by_language=any("locale" in name.lower() for name in settings.MIDDLEWARE),
    )


def behind_a_door(inner: Application) -> Application:
    """Return the application with pages from memory before it; itself where none are kept.

    None are where PAGE_MEMORY_MB is 0, and where the file that the processes share cannot be made.
    """
    if not settings.PAGE_MEMORY_MB:
        return inner
    try:
        mark = Mark(settings.DATA_DIR / "pages.mark")
    except OSError as error:
        logger.warning("Pages are not kept in memory: %s.", error)
        return inner
    memory = Memory(most=settings.PAGE_MEMORY_MB * MEGABYTE)
    return Door(inner, rules=rules(), watch=Watch(database), mark=mark, memory=memory)


def database() -> str:
    """Return where to look for changes; any connection will do, a pooler's too."""
    wanted = {"host", "port", "user", "password", "dbname", "sslmode", "sslrootcert"}
    found: dict[str, Any] = connection.get_connection_params()
    given = {name: found[name] for name in wanted & set(found)}
    return make_conninfo("", **given, connect_timeout=PATIENCE, application_name="page watch")
