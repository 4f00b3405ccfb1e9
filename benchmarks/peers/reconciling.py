"""What the peers of job E share: the books, how they leave PostgreSQL, and what a peer tells.

The books lie in PostgreSQL for the peers too, as they do for the product. A peer that works
outside reads them over ADBC, binary into Arrow: the fastest way out we know, faster than CSV.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from books import OURS

__all__ = ["BREAKS", "FOLDER", "OURS", "adbc", "backend_of", "parameters", "telling"]

FOLDER = Path(sys.argv[1])
BREAKS = (Path(__file__).parent / "breaks.sql").read_text()


def parameters() -> dict[str, Any]:
    """Return psycopg's parameters for the database of the books."""
    return dict(json.loads(os.environ["BENCH_PARAMETERS"]))


def adbc() -> Any:
    """Return an ADBC connection to the books."""
    from adbc_driver_postgresql import dbapi

    at = parameters()
    user = quote(f"{at['user']}:{at['password']}" if at.get("password") else at["user"], safe=":")
    rest = "&".join(f"{key}={quote(str(at[key]))}" for key in ("host", "port") if at.get(key))
    return dbapi.connect(f"postgresql://{user}@/{at['dbname']}?{rest}")


def backend_of(database: Any) -> int:
    """Return the process id of a connection's backend."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def cpu_of(pid: int | None) -> float:
    """Return the seconds that a backend and its server's ended workers have been on a CPU."""
    if not pid:
        return 0.0
    own = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    server = _stat(pid)[1]
    user, system = _stat(server)[13:15]
    return own + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int | str) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


@contextmanager
def telling(backend: int | None) -> Iterator[None]:
    """Print what the block took: the clock, both processes' CPU, this process's memory."""
    began, cpu, there = time.perf_counter(), time.process_time(), cpu_of(backend)
    yield
    took = {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu + cpu_of(backend) - there,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    if backend:
        status = Path(f"/proc/{backend}/status").read_text().splitlines()
        took["backend_mb"] = next(int(s.split()[1]) for s in status if "RssAnon" in s) / 1024
    print(json.dumps(took))
