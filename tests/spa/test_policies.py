"""Each part of the site carries the narrowest policy that it works with."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_public_page_runs_no_inline_code(client: Client) -> None:
    policy = client.get("/no-such-page/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy  # a cached page would repeat it


def test_the_staffs_screens_alone_may_run_inline_code(client: Client) -> None:
    staff = client.get("/cms/")["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-inline'" in staff
    assert "https:" not in staff
    assert "unsafe" not in client.get("/accounts/login/")["Content-Security-Policy"]
