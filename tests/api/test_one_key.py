"""A retry never books twice: 32 callers with one Idempotency-Key against the real server."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from kernel.models import IdempotencyRecord
from scheduling.models import Session, SessionEvent
from tests.api.callers import Served, bearer
from tests.api.market import open_market

CALLERS = 32

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_32_callers_with_one_key_book_once_and_read_the_same_bytes(tmp_path: Path) -> None:
    market = open_market()
    body = {"slot_token": market.slot()[1], "goals": "Grow"}
    headers = {**bearer(market.ann_client.user), "Idempotency-Key": uuid.uuid4().hex}

    with Served(tmp_path / "server.log") as served, ThreadPoolExecutor(CALLERS) as pool:

        def insist(_: int) -> httpx.Response:
            """Repeat while a twin is in flight, as the problem says."""
            while True:
                answer = httpx.post(
                    f"{served.url}/api/sessions",
                    json=body,
                    headers=headers,
                    timeout=60,
                    trust_env=False,
                )
                if "Retry-After" not in answer.headers:
                    return answer
                assert answer.json()["code"] == "request_in_flight"
                time.sleep(0.1)

        answers = list(pool.map(insist, range(CALLERS)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    fresh = [answer for answer in answers if "Idempotent-Replayed" not in answer.headers]
    assert len(fresh) == 1
    assert Session.objects.get().public_id == answers[0].json()["id"]
    assert SessionEvent.objects.count() == 1
    assert IdempotencyRecord.objects.count() == 1


def test_without_one_key_the_same_callers_are_32_requests(tmp_path: Path) -> None:
    """The negative control: it is the key that makes them one."""
    market = open_market()
    body = {"slot_token": market.slot()[1], "goals": "Grow"}
    who = bearer(market.ann_client.user)

    with Served(tmp_path / "server.log") as served, ThreadPoolExecutor(CALLERS) as pool:

        def post(_: int) -> int:
            answer = httpx.post(
                f"{served.url}/api/sessions",
                json=body,
                headers={**who, "Idempotency-Key": uuid.uuid4().hex},
                timeout=60,
                trust_env=False,
            )
            return answer.status_code

        statuses = sorted(pool.map(post, range(CALLERS)))

    assert statuses == [201] + [409] * 31
    assert IdempotencyRecord.objects.count() == CALLERS
