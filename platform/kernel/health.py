"""What a monitor asks: does the process live, and can it serve? Knows nothing of the product.

`/livez` depends on nothing, so that a database failure does not get healthy processes restarted.
`/readyz` is 200 only when the database, the cache and the migrations are as this code needs them.
"""

import functools
import logging
from collections.abc import Callable

from django.core.cache import cache
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

PATIENCE_MS = 3000


class NotReady(Exception):
    """A dependency does not do what it should; the text says what it did."""


@require_safe
@never_cache
def livez(_request: HttpRequest) -> JsonResponse:
    """Answer that the process is alive."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when every dependency works, else 503; each is named with "ok" or its trouble."""
    checks = {name: _verdict(name, check) for name, check in CHECKS.items()}
    ready = all(verdict == "ok" for verdict in checks.values())
    body = {"status": "ok" if ready else "unavailable", "checks": checks}
    return JsonResponse(body, status=200 if ready else 503)


def _verdict(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as trouble:
        return str(trouble)
    except Error as error:  # the driver's text may name hosts: it belongs in the log
        logger.warning("readiness: %s: %s", name, error)
        return "unreachable"
    return "ok"


def _database() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.set("kernel.health", "ok", timeout=60)
    if cache.get("kernel.health") != "ok":
        raise NotReady("does not keep what it is given")


def _migrations() -> None:
    pending = _pending_migrations()
    if pending:
        _pending_migrations.cache_clear()
        raise NotReady(f"{pending} not applied: run manage.py migrate")


@functools.lru_cache(maxsize=1)
def _pending_migrations() -> int:
    """Count the migrations still to be applied; the answer "none" is final for this process."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "cache": _cache,
    "migrations": _migrations,
}
