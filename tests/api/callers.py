"""Callers of the API: people with tokens (minted, not logged in), and a served product."""

import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts import tokens
from accounts.models import User
from accounts.tokens import Device
from kernel import clock
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


def bearer(user: User) -> dict[str, str]:
    """Return the header of a fresh sign-in: no password is hashed for it."""
    issued = tokens.issue(user=user, device=Device(source="127.0.0.1"), now=clock.now())
    return {"Authorization": f"Bearer {issued.access}"}


class Caller:
    """One person calling the product in-process."""

    def __init__(self, user: User | None = None) -> None:
        self.user = user
        self.headers = bearer(user) if user else {}
        self._client = Client()

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self._client.get(path, query, headers={**self.headers, **headers})

    def post(
        self, path: str, body: Any = None, *, key: str | None = "fresh", **headers: str
    ) -> Any:
        """Post JSON; `key="fresh"` makes a new Idempotency-Key, None sends none."""
        if key is not None:
            headers["Idempotency-Key"] = uuid.uuid4().hex if key == "fresh" else key
        return self._client.post(
            path,
            json.dumps({} if body is None else body),
            content_type="application/json",
            headers={**self.headers, **headers},
        )

    def patch(self, path: str, body: Any, *, match: str | None = None) -> Any:
        """Change an object; `match` is the ETag that was read, none sends none."""
        headers = {**self.headers, **({"If-Match": match} if match else {})}
        return self._client.patch(
            path, json.dumps(body), content_type="application/json", headers=headers
        )


class Served:
    """The product behind its real server (granian), on the test's own database."""

    def __init__(
        self,
        log: Path,
        *,
        threads: int = 8,
        workers: int = 2,
        patience: float = 60,
        **environment: str,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = log
        self._patience = patience  # seconds until it has to answer
        self._threads = str(threads)
        self._workers = str(workers)
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(settings.DATA_DIR),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
            "LOG_LEVEL": "WARNING",
            **environment,
        }

    def __enter__(self) -> "Served":
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self._wait()
        return self

    def command(self) -> list[str]:
        """Return what is run."""
        command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", self._workers, "--blocking-threads", self._threads]
        command += ["--log-level", "warning"]
        # As the product's: a worker may not hear its end, and one that died is followed by another.
        command += ["--workers-kill-timeout", "5"]
        command += ["--respawn-failed-workers", "--respawn-interval", "0.5"]
        return [*command, "config.wsgi:application"]

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()  # and no later test finds it running
            self._process.wait()
            raise

    def _wait(self) -> None:
        deadline, said = time.monotonic() + self._patience, ""
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(f"{self.url}/readyz", trust_env=False)
                if answer.status_code == 200:
                    return
                said = answer.text
            except httpx.HTTPError as error:
                said = str(error)
            time.sleep(0.1)
        self._process.kill()
        self._process.wait()
        raise RuntimeError(f"the server did not start: {said} {self._log.read_text()}")


def database_url() -> str:
    """Return the address of the test's own database, for a process beside it."""
    database = connection.settings_dict
    host, port = database["HOST"], database["PORT"]
    if str(host).startswith("/"):  # a socket's folder
        return f"postgres://{database['USER']}@/{database['NAME']}?host={host}&port={port}"
    return f"postgres://{database['USER']}@{host}:{port}/{database['NAME']}"
