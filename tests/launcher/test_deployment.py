"""The files around the product: containers, the two commands, CI, and locks that name no index.

No container engine is needed: what can be wrong without one is looked for here.
"""

import importlib.util
import re
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from launcher import probe, welcome
from tests.launcher.processes_of import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ["stand-in", "prepare", "web", "stream", "worker"]


def words_of(service: dict[str, Any]) -> list[str]:
    command = service.get("command", [])
    return [word for part in command for word in part.split()]


def test_compose_has_every_part_of_a_deployment() -> None:
    assert sorted(SERVICES) == sorted([*OURS, "postgres", "redis"])


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_runs_modules_and_commands_that_exist(name: str) -> None:
    words = words_of(SERVICES[name])

    for before, module in pairwise(words):
        if before == "-m":
            assert importlib.util.find_spec(module), module
        if before == "manage.py":
            assert module in get_commands(), module


def test_whatever_is_waited_for_can_become_healthy() -> None:
    waited_for = {
        (name, condition["condition"])
        for service in SERVICES.values()
        for name, condition in service.get("depends_on", {}).items()
    }

    assert waited_for == {
        ("postgres", "service_healthy"),
        ("redis", "service_healthy"),
        ("stand-in", "service_healthy"),
        ("prepare", "service_completed_successfully"),
    }
    for name, condition in waited_for:
        if condition == "service_healthy":
            assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_the_demo_in_containers_is_published_on_loopback_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published == [
        "127.0.0.1:${PORT:-8000}:8000",
        "127.0.0.1:8001:8001",
        "127.0.0.1:8002:8002",
    ]


def test_the_product_s_containers_share_the_stand_in_s_loopback() -> None:
    sharing = {name for name in OURS if SERVICES[name].get("network_mode") == "service:stand-in"}

    assert sharing == {"prepare", "web", "stream", "worker"}


def test_every_volume_is_declared() -> None:
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }

    assert used == set(COMPOSE["volumes"])


def test_the_image_installs_locked_packages_and_runs_as_nobody_special() -> None:
    assert "--require-hashes -r /tmp/requirements.lock" in DOCKERFILE
    assert DOCKERFILE.index("USER counterfoil") < DOCKERFILE.index('CMD ["granian"')
    assert "config.settings.production" in DOCKERFILE
    for source in re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE):
        assert (ROOT / source).exists(), source
    for module in re.findall(r'"-m", "([\w.]+)"', DOCKERFILE):
        assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("target", ["run", "spa", "test", "check", "fmt", "bench", "lock"])
def test_make_knows_the_commands_of_the_readme(target: str) -> None:
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_ci_runs_the_very_commands_that_people_run() -> None:
    script = (ROOT / ".ci" / "run").read_text()

    assert re.findall(r"^make \w+", script, re.MULTILINE) == ["make check", "make test"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def locks() -> list[str]:
    return sorted(path.name for path in ROOT.glob("requirements*.lock"))


def test_there_is_a_lock_for_each_purpose() -> None:
    assert locks() == [
        "requirements-dev.lock",
        "requirements-matching.lock",
        "requirements-node.lock",
        "requirements-uv.lock",
        "requirements.lock",
    ]


@pytest.mark.parametrize("name", locks())
def test_a_lock_pins_hashes_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^[\w.\[\],-]+==\S+(?: ;[^\\]*)? ?\\$", text, re.MULTILINE)
    packages = re.findall(r"^[\w.-]+.*==", text, re.MULTILINE)

    assert len(pins) == len(packages) > 0
    assert text.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"index-url|find-links|https?://|file:", text)


def test_the_welcome_names_everybody_whom_the_demo_has() -> None:
    readme = (ROOT / "README.md").read_text()
    people = {*welcome.CUSTOMERS, *welcome.STAFF}

    assert len(people) == 13
    assert all(f"`{person}`" in readme for person in people)
    assert f"`{welcome.PASSWORD}`" in readme
    assert f"`{welcome.TOTP_SECRET}`" in readme


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        allowed = self.headers["Host"] == "book.example.com"
        self.send_response(200 if allowed and self.path == "/readyz" else 400)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_probe_calls_the_site_by_a_name_that_it_answers_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "book.example.com,www.example.com")
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever).start()
        address = f"127.0.0.1:{server.server_port}"
        verdicts = [
            probe.answers(f"http://{address}/readyz"),
            probe.answers(f"http://{address}/other"),
            probe.answers(f"tcp://{address}"),
        ]
        server.shutdown()
    verdicts.append(probe.answers(f"tcp://{address}"))

    assert verdicts == [True, False, True, False]
