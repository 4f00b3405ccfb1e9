"""One populated market for all modules here, made once and committed; each test rolls back."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter
from django.test import override_settings

from tests import migrated_rows
from tests.api.population import Population, populate
from tests.fuzz import tally
from tests.standin import StandIn, pointing_at


@pytest.fixture(scope="module")
def market_of_all(
    django_db_setup: None, django_db_blocker: Any, standin_process: StandIn
) -> Iterator[Population]:
    """Yield the population; the limit of changes is far away, or all answers were 429."""
    standin_process.reset()
    settings = {"API_WRITES_PER_MINUTE": 10_000_000, **pointing_at(standin_process)}
    with override_settings(**settings):
        try:
            with django_db_blocker.unblock():
                made = populate(standin_process)
            yield made
        finally:
            with django_db_blocker.unblock():
                migrated_rows.put_back()


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the table of a run that stood alone (`make fuzz`)."""
    if tally.total() and os.environ.get("FUZZ_CASES"):
        terminalreporter.section("cases")
        for line in tally.lines():
            terminalreporter.write_line(line)
