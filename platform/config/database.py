"""Django's database settings: from a PostgreSQL URL, or for the embedded server.

It knows nothing of where the URL came from, and starts no server.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from config.env import BadSetting
from launcher.cluster import DATABASE, ROLE

# Dates and times are computed in Python's zoneinfo; the planner's JIT costs more than it gives
# on short queries (docs/adr/0003-money-and-time.md).
SESSION_OPTIONS = "-c jit=off -c timezone=UTC"

# Only cursors that bind on the server's side prepare at all (billing/ledger/entries.py).
PREPARE_THRESHOLD = 5


def parse_database_url(url: str) -> dict[str, Any]:
    """Return the DATABASES entry of `postgres://user:password@host:port/name?host=/socket`.

    Raises BadSetting where the URL is no PostgreSQL URL or names no database. The query may
    hold `host` (a socket directory) and any libpq option, which is passed on. `prepare_threshold`
    is psycopg's: `none` for a pooler that cannot keep prepared statements.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadSetting("DATABASE_URL must begin with postgres:// or postgresql://.")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadSetting("DATABASE_URL names no database: add /name at its end.")
    options: dict[str, Any] = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    threshold = _prepare_threshold(options.pop("prepare_threshold", None))
    return {
        "ENGINE": "config.postgres",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            "options": SESSION_OPTIONS,
            "connect_timeout": 5,
            "prepare_threshold": threshold,
            **options,
        },
    }


def _prepare_threshold(text: str | None) -> int | None:
    if text is None:
        return PREPARE_THRESHOLD
    if text == "none":
        return None
    if not text.isdecimal():
        raise BadSetting("prepare_threshold in DATABASE_URL must be a number, or none.")
    return int(text)


def stop_long_statements(database: dict[str, Any], *, seconds: int) -> None:
    """Have the server stop each statement of this DATABASES entry's connections after so long.

    Nobody's search may keep the database busy for minutes, nor wait so long for a lock.
    """
    options = database.setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c statement_timeout={seconds}s".strip()


def embedded_database(data_dir: Path, *, durable: bool = True) -> dict[str, Any]:
    """Return the DATABASES entry of the embedded server that lives in `data_dir`.

    `durable=False` is for tests: quick, and lost when the machine stops.
    """
    return {
        "ENGINE": "config.embedded",
        "NAME": DATABASE,
        "USER": ROLE,
        "DATA_DIR": data_dir,
        "DURABLE": durable,
        "OPTIONS": {"options": SESSION_OPTIONS, "prepare_threshold": PREPARE_THRESHOLD},
    }
