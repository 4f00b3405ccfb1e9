"""A client that a generator makes from the document: typed through and through, and it works."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from api.management.commands import openapi
from tests.accounts.conftest import code_in, letters
from tests.api.callers import Served
from tests.api.market import open_market

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# What an integrator would write. Strictly checked, so a member that is lost or changes its type
# fails before anything is sent.
PROGRAM = '''
"""Register, verify, sign in, find a mentor and a slot, hold it, and read what was refused."""

from typing import Final

from counterfoil_client import AuthenticatedClient, Client
from counterfoil_client.api.mentors import mentors_get, mentors_list, mentors_slots
from counterfoil_client.api.sessions import sessions_create, sessions_get
from counterfoil_client.api.users import users_login, users_register, users_verify
from counterfoil_client.models import (
    LoginIn, MentorDetail, MentorPage, Problem, RegisterIn, RegisterInRole, RegisterOut,
    SessionOut, SessionRequest, SignedInOut, SlotList, VerifyIn,
)

EMAIL: Final = "grace@example.com"
PASSWORD: Final = "correct-horse-battery-7"


def register(base: str) -> str:
    newcomer = RegisterIn(
        email=EMAIL, password=PASSWORD, name="Grace Hopper", role=RegisterInRole.CLIENT,
        time_zone="America/New_York",
    )
    with Client(base_url=base, raise_on_unexpected_status=True) as client:
        answer = users_register.sync(client=client, body=newcomer)
    assert isinstance(answer, RegisterOut), answer
    return answer.status


def verify(base: str, code: str) -> str:
    with Client(base_url=base, raise_on_unexpected_status=True) as client:
        answer = users_verify.sync(client=client, body=VerifyIn(email=EMAIL, code=code))
    assert isinstance(answer, SignedInOut), answer
    return answer.user.name


def refused(base: str) -> str:
    with Client(base_url=base, raise_on_unexpected_status=True) as client:
        answer = users_login.sync(client=client, body=LoginIn(email=EMAIL, password="guessed-it"))
    assert isinstance(answer, Problem), answer
    return answer.code


def book(base: str) -> tuple[str, int, str]:
    with Client(base_url=base, raise_on_unexpected_status=True) as client:
        signed_in = users_login.sync(client=client, body=LoginIn(email=EMAIL, password=PASSWORD))
    assert isinstance(signed_in, SignedInOut), signed_in
    with AuthenticatedClient(
        base_url=base, token=signed_in.token, raise_on_unexpected_status=True
    ) as own:
        return hold(own)


def hold(own: AuthenticatedClient) -> tuple[str, int, str]:
    page = mentors_list.sync(client=own, q="careers", limit=1)
    assert isinstance(page, MentorPage), page
    mentor = mentors_get.sync(page.items[0].slug, client=own)
    assert isinstance(mentor, MentorDetail), mentor
    slots = mentors_slots.sync(mentor.slug, client=own, session_type=mentor.session_types[0].id)
    assert isinstance(slots, SlotList), slots
    held = sessions_create.sync(
        client=own, body=SessionRequest(slot_token=slots.items[0].token), idempotency_key="tour-1"
    )
    assert isinstance(held, SessionOut), held
    again = sessions_get.sync(held.id, client=own)
    assert isinstance(again, SessionOut), again
    assert again.starts_at == slots.items[0].starts_at
    return mentor.slug, again.price.amount, again.status
'''


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the client and the program, made without a warning."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "generator.yaml").write_text("post_hooks: []\n")
    done = subprocess.run(
        [
            Path(sys.executable).parent / "openapi-python-client",
            *("generate", "--fail-on-warning", "--meta", "none"),
            *("--config", folder / "generator.yaml", "--path", openapi.SNAPSHOT),
            *("--output-path", folder / "counterfoil_client"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "tour.py").write_text(PROGRAM)
    return folder


@pytest.fixture
def tour(generated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(generated))
    yield importlib.import_module("tour")
    for name in [name for name in sys.modules if name.startswith(("counterfoil_client", "tour"))]:
        del sys.modules[name]


def types_of(folder: Path, program: str) -> tuple[int, str]:
    """Return what mypy at its strictest says of the client and the program."""
    (folder / "checked.py").write_text(program)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull),
            *("--cache-dir", folder / ".cache", "counterfoil_client", "checked.py"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_the_client_and_a_program_on_it_are_typed(generated: Path) -> None:
    status, told = types_of(generated, PROGRAM)
    assert status == 0, told

    wrong = PROGRAM.replace("again.price.amount, again", "again.price.currency, again")
    status, told = types_of(generated, wrong)  # the negative control

    assert (status, "Incompatible return value type" in told) == (1, True)


def test_the_client_registers_signs_in_finds_and_books(tour: Any, tmp_path: Path) -> None:
    open_market(listed=True)

    with Served(tmp_path / "server.log", workers=1, DIRECTORY_OPEN="off") as served:
        registered = tour.register(served.url)
        verified = tour.verify(served.url, code_in(letters("account_verify")[-1]))
        refused = tour.refused(served.url)
        booked = tour.book(served.url)

    assert (registered, verified, refused) == ("mail_sent", "Grace Hopper", "invalid_credentials")
    assert booked == ("ada", 10_000, "pending")
    assert User.objects.filter(email="grace@example.com").count() == 1
