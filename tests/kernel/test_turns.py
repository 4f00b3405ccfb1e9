"""A turn is one process's: over its transactions, until it dies, and behind a pooler as well."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from kernel.turns import sole_turn
from tests import pooler
from tests.api.callers import ROOT, database_url

NAME = "a test"
_PROCESS = f"""
import django, sys
django.setup()
from kernel.turns import sole_turn
with sole_turn({NAME!r}) as mine:
    print(mine, flush=True)
    sys.stdin.readline()
"""


@contextmanager
def process(address: str) -> Iterator[tuple[bool, "subprocess.Popen[str]"]]:
    """Run a process that asks for the turn; yield whether it has it, until we are done with it."""
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
    }
    running = subprocess.Popen(
        [sys.executable, "-c", _PROCESS],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        yield running.stdout.readline() == "True\n", running
    finally:
        with running:
            if running.poll() is None:
                running.stdin.write("\n")
                running.stdin.flush()
            running.wait(timeout=20)


def takes() -> bool:
    with sole_turn(NAME) as mine:
        return mine


def comes_back() -> bool:
    """Say whether the turn can be had within five seconds: the server notices a moment later."""
    deadline = time.monotonic() + 5
    while not takes():
        if time.monotonic() > deadline:
            return False
    return True


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_gives_its_turn_back() -> None:
    with process(database_url()) as (mine, running):
        assert mine
        assert not takes()
        running.kill()
        assert comes_back()


@pytest.mark.django_db(transaction=True)
def test_a_turn_holds_no_row_back_and_no_setting_of_the_server_ends_it() -> None:
    standing = """
        SELECT state, backend_xmin, backend_xid FROM pg_stat_activity AS a JOIN pg_locks USING (pid)
        WHERE locktype = 'advisory' AND a.datname = current_database()
    """
    ours = f'ALTER DATABASE "{connection.settings_dict["NAME"]}"'
    with connection.cursor() as cursor:
        cursor.execute(f"{ours} SET idle_in_transaction_session_timeout = '50ms'")
        try:
            with sole_turn(NAME) as mine:
                time.sleep(0.2)
                cursor.execute(standing)
                assert (mine, cursor.fetchall()) == (True, [("idle in transaction", None, None)])
        finally:
            cursor.execute(f"{ours} RESET idle_in_transaction_session_timeout")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(pooler.find() is None, reason=pooler.MISSING)
def test_behind_a_pooler_by_transactions_a_turn_is_one_processes_too() -> None:
    with pooler.pooled(connections=3) as address:
        with process(address) as (first, running), process(address) as (second, _):
            assert (first, second) == (True, False)
            assert not takes()  # and past the pooler
            running.kill()
            assert comes_back()
        with process(address) as (again, _):
            assert again


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(pooler.find() is None, reason=pooler.MISSING)
def test_control_behind_that_pooler_a_lock_of_the_session_is_everybodys() -> None:
    lock = "SELECT pg_try_advisory_lock(7)"
    with pooler.pooled(connections=3) as address:
        taken = [
            psycopg.connect(address, autocommit=True, prepare_threshold=None) for _ in range(2)
        ]
        assert [one.execute(lock).fetchone() for one in taken] == [(True,), (True,)]
        for one in taken:
            one.close()
