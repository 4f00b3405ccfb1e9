"""The stand-in is started with what the product expects of it: by default, and as it is told."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from launcher import options, programs
from launcher.children import Program
from sandbox.__main__ import _arguments as sandbox_arguments
from tests.launcher.processes_of import ROOT


def given(words: list[str]) -> dict[str, str]:
    """The command's options by name."""
    return {name: value for name, value in pairwise(words) if name[:2] == "--"}


# By which variable the stand-in gets what its command line could say too.
SECRETS = {
    "--webhook-secret": "SANDBOX_WEBHOOK_SECRET",
    "--jitsi-app-secret": "SANDBOX_JITSI_APP_SECRET",
    "--jitsi-webhook-secret": "SANDBOX_JITSI_WEBHOOK_SECRET",
}


def stand_in() -> Program:
    return programs.stand_in(options.read({"PORT": "8100"}))


def expected() -> dict[str, str]:
    return expected_secrets() | {
        "--paypal-webhook-id": settings.PAYPAL_WEBHOOK_IDS[0],
        "--jitsi-app-id": settings.JITSI_APP_ID,
    }


def expected_secrets() -> dict[str, str]:
    return {
        "--webhook-secret": settings.STRIPE_WEBHOOK_SECRETS[0],
        "--jitsi-app-secret": settings.JITSI_APP_SECRET,
        "--jitsi-webhook-secret": settings.JITSI_WEBHOOK_SECRETS[0],
    }


def test_the_stand_in_knows_the_defaults_of_the_settings() -> None:
    program = stand_in()
    command = given(program.command) | {name: program.secrets[SECRETS[name]] for name in SECRETS}

    assert expected().items() <= command.items()
    assert command["--jitsi-webhook-url"] == "http://127.0.0.1:8100/api/rooms/webhook/jitsi"


def test_it_takes_over_what_the_product_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JITSI_APP_SECRET", "one, two")
    monkeypatch.setenv("JITSI_WEBHOOK_SECRETS", " new , old")

    secrets = stand_in().secrets

    assert secrets["SANDBOX_JITSI_APP_SECRET"] == "one, two"
    assert secrets["SANDBOX_JITSI_WEBHOOK_SECRET"] == "new"


def test_no_secret_stands_on_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ps` shows it to everybody on the machine, and a log may keep it."""
    for name in ("STRIPE_WEBHOOK_SECRETS", "JITSI_APP_SECRET", "JITSI_WEBHOOK_SECRETS"):
        monkeypatch.setenv(name, f"told {name}")

    program = stand_in()

    assert sorted(program.secrets.values()) == [
        "told JITSI_APP_SECRET",
        "told JITSI_WEBHOOK_SECRETS",
        "told STRIPE_WEBHOOK_SECRETS",
    ]
    assert "told" not in f"{program} {program.command}"


def test_the_secrets_of_an_installation_elsewhere_stay_with_the_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JITSI_URL", "https://meet.example.org")

    program = stand_in()

    assert set(program.secrets) == {"SANDBOX_WEBHOOK_SECRET"}
    assert not [word for word in program.command if "jitsi" in word]


def test_the_stand_in_reads_secrets_from_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, variable in SECRETS.items():
        monkeypatch.setenv(variable, name)

    read = vars(sandbox_arguments(["--state", "x"]))

    assert {name: read[name[2:].replace("-", "_")] for name in SECRETS} == {
        name: name for name in SECRETS
    }


def test_the_stand_in_of_the_containers_knows_the_defaults_too() -> None:
    compose = yaml.safe_load(Path(ROOT / "docker-compose.yml").read_text())
    words = compose["services"]["stand-in"]["command"]
    command = dict(word.split("=", 1) for word in words if "=" in word)

    assert expected().items() <= command.items()
