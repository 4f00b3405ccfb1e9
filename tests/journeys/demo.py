"""A whole `make run` in a folder of its own, its processes, and a client that never gives up."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

from launcher.cluster import ELSEWHERE
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "counterfoil-demo"
START_SECONDS = 300
PATIENCE_SECONDS = 90


@dataclass
class Demo:
    """A running demo: where it listens, and how to reach its processes and commands."""

    data_dir: Path
    port: int
    sandbox_port: int
    stream_port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command against the demo's own database."""
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def pids(self, word: str) -> list[int]:
        """Return the demo's processes whose command line holds `word`, oldest first."""
        marker = f"DATA_DIR={self.data_dir}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if marker not in (entry / "environ").read_bytes().split(b"\0"):
                    continue
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if word in command and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        return sorted(found)

    def postmaster(self) -> list[int]:
        """Return the pid of the embedded database's first process."""
        words = (self.data_dir / "postgres" / "data" / "postmaster.pid").read_text().split()
        return [int(words[0])] if words else []


def named_demo(running: str) -> Demo:
    """Return a demo that somebody keeps running: `data_dir:port:sandbox_port:stream_port`."""
    data_dir, *ports = running.split(":")
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "DATA_DIR": data_dir,
        **dict(zip(("PORT", "SANDBOX_PORT", "STREAM_PORT"), ports, strict=True)),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }
    port, sandbox_port, stream_port = map(int, ports)
    nothing = subprocess.Popen(["true"])
    return Demo(Path(data_dir), port, sandbox_port, stream_port, environment, nothing)


@contextmanager
def running_demo(data_dir: Path, **settings: str) -> Iterator[Demo]:
    """Start `make run`'s supervisor, wait for /readyz, and end it with Ctrl-C."""
    port, sandbox_port, stream_port = free_port(), free_port(), free_port()
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "CI"}
    } | {
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        "STREAM_PORT": str(stream_port),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DEMO_MFA": "off",
        "DEMO_YEAR": "off",
        **settings,
    }
    log = (data_dir / "run.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "launcher", "run"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    demo = Demo(data_dir, port, sandbox_port, stream_port, environment, process)
    try:
        _wait_until_ready(demo, log_path=data_dir / "run.log")
        yield demo
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        log.close()
        home = (data_dir / "postgres").resolve()
        if home.parent == ELSEWHERE:  # root's: outside pytest's own folder, which is private
            shutil.rmtree(home)


def _wait_until_ready(demo: Demo, *, log_path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if demo.process.poll() is not None:
            break
        try:
            if httpx.get(f"{demo.url}/readyz", timeout=3).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError("the demo did not get ready:\n" + log_path.read_text()[-4000:])


class Client:
    """A client of the API who repeats a call, under the same key, until it is answered."""

    def __init__(self, demo: Demo, email: str, *, rng: random.Random) -> None:
        self.demo = demo
        self.rng = rng
        self.http = httpx.Client(base_url=demo.url, timeout=15)
        answer = self.until_answered(
            "POST", "/api/users/login", json={"email": email, "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        self.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def until_answered(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Repeat through refused connections, 5xx and 409 in flight, as a good client does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        last = "no answer"
        while time.monotonic() < deadline:
            try:
                answer = self.http.request(method, path, **request)
            except httpx.HTTPError as error:
                last = repr(error)
            else:
                last = f"{answer.status_code} {answer.text[:300]}"
                in_flight = answer.status_code == 409 and "retry-after" in answer.headers
                if answer.status_code < 500 and answer.status_code != 429 and not in_flight:
                    return answer
            time.sleep(0.25)
        raise AssertionError(f"{method} {path} got no answer for {PATIENCE_SECONDS} s: {last}")

    def key(self) -> dict[str, str]:
        return {"Idempotency-Key": str(uuid4())}

    def free_slot(self, *, slug: str, minimum_hours: float = 1.5) -> dict[str, Any]:
        """Return one of the mentor's free slots of the coming weeks, with its token."""
        mentor = self.until_answered("GET", f"/api/mentors/{slug}").json()
        kind = self.rng.choice(mentor["session_types"])
        start = time.time() + minimum_hours * 3600
        answer = self.until_answered(
            "GET",
            f"/api/mentors/{slug}/slots",
            params={
                "session_type": kind["id"],
                "from": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start)),
                "to": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start + 14 * 86400)),
                "tz": "UTC",
            },
        )
        assert answer.status_code == 200, answer.text
        return dict(self.rng.choice(answer.json()["items"]))

    def hold(self, *, slug: str) -> dict[str, Any]:
        """Hold a free slot; where another was faster, take one of the alternatives."""
        token = self.free_slot(slug=slug)["token"]
        for _ in range(10):
            answer = self.until_answered(
                "POST",
                "/api/sessions",
                headers=self.key(),
                json={"slot_token": token, "goals": "Grow"},
            )
            if answer.status_code == 201:
                return dict(answer.json())
            assert answer.status_code == 409, answer.text
            alternatives = answer.json().get("alternatives") or [self.free_slot(slug=slug)]
            token = self.rng.choice(alternatives)["token"]
        raise AssertionError("ten slots in a row were taken")

    def intent(self, *, session: str) -> dict[str, Any]:
        answer = self.until_answered(
            "POST",
            "/api/payments/create-intent",
            headers=self.key(),
            json={"session_id": session, "gateway": "stripe"},
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def pay_at_the_gateway(self, intent: dict[str, Any], *, card: str = "pm_card_visa") -> None:
        """Confirm with the publishable key, as the browser does; a second try may find it paid."""
        secret = intent["client_secret"]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = httpx.post(
                    f"{self.demo.sandbox_url}/v1/payment_intents/"
                    f"{secret.partition('_secret_')[0]}/confirm",
                    data={"payment_method": card, "client_secret": secret},
                    headers={"Authorization": f"Bearer {intent['publishable_key']}"},
                    timeout=15,
                )
            except httpx.HTTPError:
                time.sleep(0.25)
                continue
            done = answer.status_code == 200 or "unexpected_state" in answer.text
            if done:
                return
            assert answer.status_code >= 500, answer.text
            time.sleep(0.25)
        raise AssertionError("the gateway never answered")

    def until_session(self, session: str, status: str) -> dict[str, Any]:
        """Look at the session until it has the status."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        found: dict[str, Any] = {}
        while time.monotonic() < deadline:
            found = self.until_answered("GET", f"/api/sessions/{session}").json()
            if found["status"] == status:
                return found
            time.sleep(0.3)
        raise AssertionError(f"{session} is {found.get('status')}, not {status}")
