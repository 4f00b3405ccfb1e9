"""What the API's tests share."""

from collections.abc import Iterator

import pytest

from tests.api import toy


@pytest.fixture(autouse=True)
def _calm_toy() -> Iterator[None]:
    """Every test meets a toy API that behaves."""
    toy.ran.clear()
    toy.behaviour.clear()
    toy.gate.clear()
    yield
    toy.behaviour.clear()
