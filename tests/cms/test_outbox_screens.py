"""The outbox in the back office: states, previews without secrets, and trying again."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from kernel import clock
from kernel.models import AuditEntry, Job
from notifications.models import Email, Kind
from notifications.outbox import put_email, send_email
from notifications.samples import SAMPLES
from notifications.switches import Switch
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press
from tests.cms.rows import add_failed_email
from tests.factories.people import UserFactory


def written(template: str) -> Email:
    put_email(
        key=f"of:{template}",
        template=template,
        to="a@example.com",
        language="en",
        context=dict(SAMPLES[template]),
    )
    return Email.objects.get(key=f"of:{template}")


def test_each_state_is_a_filter_that_finds_its_own(sign_in: SignIn) -> None:
    now = clock.now()
    ends: dict[str, dict[str, Any]] = {
        "waiting": {},
        "sent": {"sent_at": now},
        "failed": {"failed_at": now, "attempts": 24},
        "withdrawn": {"withdrawn_at": now, "withdrawn_reason": "Moved.", "condition": "x.y"},
    }
    for name, values in ends.items():
        email = written("calendar_works")
        Email.objects.filter(pk=email.pk).update(key=name, to=f"{name}@example.com", **values)
    support = sign_in(roles.SUPPORT)

    for name in ends:
        html = support.get(f"/cms/e-mails/?state={name}").content.decode()
        shown = set(re.findall(r"(\w+)@example\.com", html))
        assert shown & set(ends) == {name}
    tried = support.get("/cms/e-mails/?tried=again").content.decode()
    assert "failed@example.com" in tried
    assert "sent@example.com" not in tried


@pytest.mark.parametrize("template", ["account_verify", "account_reset"])
def test_no_code_and_no_link_that_lets_in_is_shown(template: str, sign_in: SignIn) -> None:
    email = written(template)
    assert "K7QD3M" in email.subject + email.text  # the message itself has it
    support = sign_in(roles.SUPPORT)

    pages = [
        support.get(reverse("e-mails:index")),
        support.get(reverse("e-mails:inspect", args=[email.pk])),
        support.get(reverse("email_frame", args=[email.pk])),
    ]
    export = support.get(reverse("e-mails:index"), {"export": "csv"})

    for body in [*(page.content for page in pages), b"".join(export)]:
        assert b"K7QD3M" not in body
        assert "••••••" in body.decode()


@pytest.mark.parametrize("template", ["account_plain", "message_digest"])
def test_what_people_write_to_each_other_is_not_shown(template: str, sign_in: SignIn) -> None:
    email = written(template)
    support = sign_in(roles.SUPPORT)

    detail = support.get(reverse("e-mails:inspect", args=[email.pk])).content.decode()
    frame = support.get(reverse("email_frame", args=[email.pk])).content.decode()

    assert "Its words are not shown" in detail
    assert "<iframe" not in detail
    assert frame == "(not shown)"
    for secret in ("123456", "Tuesday suits me"):
        assert secret not in detail


def test_other_messages_are_shown_whole_as_text_and_in_a_frame_that_may_do_nothing(
    sign_in: SignIn,
) -> None:
    email = written("session_confirmed")
    support = sign_in(roles.SUPPORT)

    detail = support.get(reverse("e-mails:inspect", args=[email.pk])).content.decode()
    frame = support.get(reverse("email_frame", args=[email.pk]))

    assert email.text.strip() in unescape(detail)
    assert re.search(r'<iframe[^>]* sandbox [^>]*src="/cms/e-mails/[^"]+/frame/"', detail)
    assert frame.content.decode() == email.html
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy


@pytest.mark.parametrize("group", [roles.CONTENT_EDITOR, roles.FINANCE_PREPARER, roles.MENTOR])
def test_nobody_else_opens_the_frame(group: str, sign_in: SignIn) -> None:
    email = written("session_confirmed")

    assert sign_in(group).get(reverse("email_frame", args=[email.pk])).status_code == 302
    assert sign_in(roles.AUDITOR).get(reverse("email_frame", args=[email.pk])).status_code == 200


def test_a_failed_one_is_tried_again_and_sent(sign_in: SignIn) -> None:
    email = add_failed_email()
    support = sign_in(roles.SUPPORT)
    detail = reverse("e-mails:inspect", args=[email.pk])
    url = reverse("retry_email", args=[email.pk])
    assert url in support.get(detail).content.decode()
    assert url not in sign_in(roles.AUDITOR).get(detail).content.decode()
    jobs = Job.objects.count()

    done = press(support, url, "retry")
    again = support.post(url, {"act": "retry"})

    assert (done.status_code, again.status_code) == (302, 409)
    email.refresh_from_db()
    assert (email.state, email.attempts, Job.objects.count()) == ("waiting", 0, jobs + 1)
    assert AuditEntry.objects.filter(action="email.retried", object_id=str(email.pk)).count() == 1
    send_email(email_id=str(email.pk))
    email.refresh_from_db()
    assert email.state == "sent"


def test_the_list_reads_no_body(sign_in: SignIn) -> None:
    add_failed_email()
    support = sign_in(roles.SUPPORT)

    with CaptureQueriesContext(connection) as queries:
        assert support.get(reverse("e-mails:index")).status_code == 200

    asked = [one["sql"] for one in queries if "notifications_email" in one["sql"]]
    assert asked
    assert not any('"notifications_email"."html"' in sql for sql in asked)


def test_what_its_reader_may_switch_off_is_said(sign_in: SignIn) -> None:
    reader = UserFactory()
    put_email(
        key="reminder",
        template="session_reminder",
        to=reader.email,
        language="en",
        context=dict(SAMPLES["session_reminder"]),
        switch=Switch(Kind.REMINDER_DAY, reader),
    )
    [switched, always] = [Email.objects.get(), written("calendar_works")]
    support = sign_in(roles.SUPPORT)

    pages = [
        support.get(reverse("e-mails:inspect", args=[email.pk])).content.decode()
        for email in (switched, always)
    ]

    assert ["reminders a day before a session" in page for page in pages] == [True, False]
    assert "token=WyI" not in pages[0]
    assert "token=••••••" in unescape(pages[0])
