"""The embedded PostgreSQL: found, started, attached to, stopped."""

from pathlib import Path


def database_url_for(data_dir: Path) -> str:
    """Return the URL of the database that lives in `data_dir`."""
    raise RuntimeError(f"No database runs in {data_dir}: set DATABASE_URL.")
