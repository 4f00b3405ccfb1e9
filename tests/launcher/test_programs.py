"""The stand-in is started with what the product expects of it: by default, and as it is told."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from launcher import options, programs
from tests.launcher.processes_of import ROOT


def given(words: list[str]) -> dict[str, str]:
    """The command's options by name."""
    return {name: value for name, value in pairwise(words) if name[:2] == "--"}


def started_with() -> dict[str, str]:
    return given(programs.stand_in(options.read({"PORT": "8100"})).command)


def expected() -> dict[str, str]:
    return {
        "--webhook-secret": settings.STRIPE_WEBHOOK_SECRETS[0],
        "--paypal-webhook-id": settings.PAYPAL_WEBHOOK_IDS[0],
        "--jitsi-app-id": settings.JITSI_APP_ID,
        "--jitsi-app-secret": settings.JITSI_APP_SECRET,
        "--jitsi-webhook-secret": settings.JITSI_WEBHOOK_SECRETS[0],
    }


def test_the_stand_in_knows_the_defaults_of_the_settings() -> None:
    command = started_with()

    assert expected().items() <= command.items()
    assert command["--jitsi-webhook-url"] == "http://127.0.0.1:8100/api/rooms/webhook/jitsi"


def test_it_takes_over_what_the_product_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JITSI_APP_SECRET", "one, two")
    monkeypatch.setenv("JITSI_WEBHOOK_SECRETS", " new , old")

    command = started_with()

    assert command["--jitsi-app-secret"] == "one, two"
    assert command["--jitsi-webhook-secret"] == "new"


def test_the_stand_in_of_the_containers_knows_the_defaults_too() -> None:
    compose = yaml.safe_load(Path(ROOT / "docker-compose.yml").read_text())
    words = compose["services"]["stand-in"]["command"]
    command = dict(word.split("=", 1) for word in words if "=" in word)

    assert expected().items() <= command.items()
