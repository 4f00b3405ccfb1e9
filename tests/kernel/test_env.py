"""A bad environment stops the start and names the variable."""

import os
import subprocess
import sys

import pytest

from config.database import parse_database_url
from config.env import BadSetting, Env
from kernel.logs import redact


def test_an_empty_value_is_refused_by_name() -> None:
    with pytest.raises(BadSetting, match="PORT is set but empty"):
        Env({"PORT": " "}).integer("PORT", 8000)


@pytest.mark.parametrize("value", ["eighty", "-1", "99999"])
def test_a_number_out_of_range_is_refused_by_name(value: str) -> None:
    with pytest.raises(BadSetting, match="PORT="):
        Env({"PORT": value}).integer("PORT", 8000, low=1, high=65535)


def test_a_boolean_is_on_or_off_and_nothing_else() -> None:
    assert Env({"A": "Yes"}).boolean("A", default=False) is True
    assert Env({}).boolean("A", default=True) is True
    with pytest.raises(BadSetting, match="A='maybe'"):
        Env({"A": "maybe"}).boolean("A", default=False)


def test_a_database_url_is_taken_apart() -> None:
    settings = parse_database_url("postgres://me:p%40ss@db:5433/shop?sslmode=require")

    assert settings["HOST"] == "db"
    assert settings["PORT"] == "5433"
    assert settings["PASSWORD"] == "p@ss"
    assert settings["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("query", "threshold"),
    [("", 5), ("?prepare_threshold=0", 0), ("?prepare_threshold=none", None)],
)
def test_a_pooler_can_be_spared_prepared_statements(query: str, threshold: int | None) -> None:
    settings = parse_database_url(f"postgres://db/shop{query}")

    assert settings["OPTIONS"]["prepare_threshold"] == threshold


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "postgres://host/", "postgres://db/shop?prepare_threshold=often"]
)
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(BadSetting, match="DATABASE_URL"):
        parse_database_url(url)


def test_logs_hold_no_calendar_address() -> None:
    assert redact("GET /calendar/cff_abc-1.ics 200") == "GET /calendar/cff_[redacted].ics 200"


def test_logs_hold_no_secret() -> None:
    line = "Bearer abc.def-1 sk_test_12345 pi_1_secret_2 ada@example.com 4242 4242 4242 4242"

    assert redact(line) == (
        "Bearer [redacted] sk_[redacted] pi_[redacted] [redacted e-mail] [redacted number]"
    )


def production(code: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Start with production's settings, and the least that they ask for beside `variables`."""
    environment = {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SECRET_KEY": "x" * 50,
        "ALLOWED_HOSTS": "counterfoil.example",
        "STRIPE_SECRET_KEY": "sk_live_1",
        "STRIPE_WEBHOOK_SECRETS": "whsec_1",
        "PAYPAL_CLIENT_ID": "id",
        "PAYPAL_CLIENT_SECRET": "secret",
        "PAYPAL_WEBHOOK_IDS": "WH1",
        "PAYPAL_PARTNER_ID": "M1",
        "SMTP_HOST": "smtp.example",
    }
    return subprocess.run(
        [sys.executable, "-c", f"import config.settings.production as settings; {code}"],
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )


JITSI = {
    "JITSI_URL": "https://meet.example",
    "JITSI_APP_SECRET": "x" * 32,
    "JITSI_WEBHOOK_SECRETS": "whs_1",
}
LIVEKIT = {"LIVEKIT_URL": "wss://livekit.example", "LIVEKIT_API_SECRET": "y" * 32}


@pytest.mark.parametrize(("loopback", "refused"), [("off", False), ("on", True)])
def test_production_fetches_nothing_from_its_own_machine(loopback: str, refused: bool) -> None:
    started = production(OUTBOUND_LOOPBACK=loopback, **JITSI)

    assert ("OUTBOUND_LOOPBACK opens this machine" in started.stderr) is refused, started.stderr
    assert (started.returncode != 0) is refused


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        (JITSI, ""),
        (JITSI | LIVEKIT, ""),
        (LIVEKIT | {"ROOM_PROVIDER": "livekit"}, ""),
        ({}, "JITSI_URL is not set"),
        (LIVEKIT, "JITSI_URL is not set"),
        ({"JITSI_URL": "https://meet.example"}, "JITSI_APP_SECRET or JITSI_WEBHOOK_SECRETS is"),
        (JITSI | {"LIVEKIT_URL": "wss://livekit.example"}, "LIVEKIT_API_SECRET is the demo's"),
        (
            LIVEKIT | {"ROOM_PROVIDER": "livekit", "JITSI_URL": "https://meet.example"},
            "JITSI_APP_SECRET or JITSI_WEBHOOK_SECRETS is",
        ),
    ],
)
def test_production_has_no_room_under_the_demos_secrets(
    variables: dict[str, str], problem: str
) -> None:
    started = production(**variables)

    assert problem in started.stderr, started.stderr
    assert (started.returncode == 0) is (problem == ""), started.stderr


@pytest.mark.parametrize(
    ("variables", "unset"),
    [
        (JITSI, "[settings.LIVEKIT_API_SECRET]"),
        (
            LIVEKIT | {"ROOM_PROVIDER": "livekit"},
            "[settings.JITSI_APP_SECRET, *settings.JITSI_WEBHOOK_SECRETS]",
        ),
    ],
)
def test_nobody_knows_the_secrets_of_rooms_that_are_not_set_up(
    variables: dict[str, str], unset: str
) -> None:
    one, other = (production(f"print({unset})", **variables).stdout for _ in range(2))

    assert "counterfoil_demo" not in one
    assert len(one) > 40
    assert one != other


def test_a_time_zone_is_one_that_is_known() -> None:
    assert Env({}).zone("MARKET_TIME_ZONE", "UTC") == "UTC"
    assert Env({"MARKET_TIME_ZONE": "Asia/Tokyo"}).zone("MARKET_TIME_ZONE", "UTC") == "Asia/Tokyo"
    for wrong in ("Berlin", "../UTC", "Europe", "GMT+25:00"):
        with pytest.raises(BadSetting, match="MARKET_TIME_ZONE="):
            Env({"MARKET_TIME_ZONE": wrong}).zone("MARKET_TIME_ZONE", "UTC")
