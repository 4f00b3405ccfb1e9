"""The signing keys: one key whoever is first, two while they are rotated."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts import access, tasks, tokens
from accounts.access import AccessTokenRefused
from accounts.keys import KeyRing
from accounts.tokens import Device
from kernel import clock
from tests.accounts.conftest import person

ROOT = Path(__file__).resolve().parents[2]


RACER = """
import sys
from pathlib import Path
from accounts.keys import KeyRing
sys.stdin.read()
print(KeyRing(Path(sys.argv[1])).signing().kid)
"""


def test_processes_that_start_together_end_with_one_key(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(directory)],
            cwd=ROOT / "platform",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for racer in racers:  # each has imported by now or is about to; the end of input lets it go
        assert racer.stdin
        racer.stdin.close()
    kids = []
    for racer in racers:
        assert racer.stdout
        with racer.stdout:
            kids.append(racer.stdout.read())
        assert racer.wait(timeout=60) == 0

    assert len(set(kids)) == 1
    assert kids[0].startswith("1-")
    assert [path.name for path in directory.iterdir()] == ["1.pem"]


def test_only_the_owner_reads_the_key(tmp_path: Path) -> None:
    KeyRing(tmp_path / "keys").signing()

    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "1.pem").stat().st_mode) == 0o600


@pytest.mark.django_db
def test_tokens_outlive_one_rotation_and_not_two() -> None:
    now = clock.now()
    old = tokens.issue(user=person(), device=Device(), now=now).access
    tokens.verify_access(token=old, now=now)

    call_command("rotate_token_keys", "--force", stdout=StringIO())
    new = access.mint(
        user_id=person("eve@example.org").pk,
        family_id=person("bob@example.org").pk,
        session_version=1,
        now=now,
    )
    tokens.verify_access(token=old, now=now)
    access.read(token=new, now=now)

    call_command("rotate_token_keys", "--force", stdout=StringIO())
    with pytest.raises(AccessTokenRefused):
        tokens.verify_access(token=old, now=now)
    access.read(token=new, now=now)
    assert len(access.ring().live()) == 2


@pytest.mark.django_db
def test_every_night_a_key_that_is_old_enough_is_replaced_and_goes_on_verifying(
    settings: Settings,
) -> None:
    now = clock.now()
    old = tokens.issue(user=person(), device=Device(), now=now).access
    first = access.ring().signing()
    tasks.rotate_keys()
    still_young = access.ring().signing().kid

    aged = (now - timedelta(days=30)).timestamp()
    os.utime(settings.TOKEN_KEY_DIR / "1.pem", (aged, aged))
    access.ring_at.cache_clear()
    settings.TOKEN_KEY_DAYS = 0
    tasks.rotate_keys()
    switched_off = access.ring().signing().kid
    settings.TOKEN_KEY_DAYS = 30
    tasks.rotate_keys()
    tasks.rotate_keys()

    assert still_young == switched_off == first.kid
    assert [key.number for key in access.ring().live()] == [2, 1]
    assert tokens.verify_access(token=old, now=now).user.email == "ada@example.org"


def test_a_ring_of_another_process_sees_the_new_key(tmp_path: Path) -> None:
    web, command = KeyRing(tmp_path), KeyRing(tmp_path)
    first = web.signing()

    command.rotate(now=datetime.now(UTC), token_lifetime=timedelta(0))

    assert web.signing().number == 2
    assert web.find(first.kid) == first or web.find(first.kid) is not None


def test_rotating_twice_in_a_tokens_life_is_refused() -> None:
    call_command("rotate_token_keys", "--force", stdout=StringIO())
    before = [key.kid for key in access.ring().live()]

    with pytest.raises(CommandError, match="rotate after"):
        call_command("rotate_token_keys", stdout=StringIO())

    assert [key.kid for key in access.ring().live()] == before
