"""The staff look at what was reported and decide once; who is reported learns of no reporter."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import OperationalError, connection, transaction

from accounts.models import User
from kernel.errors import Forbidden, Invalid, NotFound
from kernel.models import AuditEntry
from messaging import deciding, operations, safety
from messaging.models import Block, Conversation, Report
from notifications.models import Email
from tests.cms.rows import AT, add_message_report
from tests.factories.people import ClientFactory, MentorFactory, UserFactory

pytestmark = pytest.mark.django_db

Decision = Report.Decision
LATER = AT + timedelta(hours=1)


@pytest.fixture
def report() -> Report:
    """Ann reports Ada's fifth message of nine, and blocks her."""
    return add_message_report()


def support(**more: object) -> User:
    user = UserFactory.create(**more)
    user.user_permissions.add(Permission.objects.get(codename="decide_report"))
    return User.objects.get(pk=user.pk)


def decide(report: Report, decision: Decision, **more: object) -> Report:
    asked = {"by": support(), "reason": "Seen.", "now": LATER, **more}
    return deciding.decide(report_id=report.pk, decision=decision, **asked)  # type: ignore[arg-type]


def send(report: Report) -> None:
    conversation = report.conversation
    operations.send(
        client_id=conversation.client_id,
        mentor_id=conversation.mentor_id,
        author=report.reporter,
        text="Hello?",
        now=LATER,
    )


def test_a_look_shows_a_few_messages_as_they_were_typed_and_is_kept(report: Report) -> None:
    staff = support()

    seen = deciding.look(report_id=report.pk, by=staff)

    assert [one.text for one in seen] == [f"Words no. {number}" for number in range(2, 9)]
    assert [one.text for one in seen if one.reported] == ["Words no. 5"]
    [entry] = AuditEntry.objects.filter(action="report.looked")
    assert (entry.actor, entry.object_id) == (staff.public_id, report.public_id)


def test_of_a_whole_conversation_the_newest_are_seen_and_nothing_written_since(
    report: Report,
) -> None:
    whole = safety.report(
        conversation_id=report.conversation_id, by=report.about, reason="spam", words="", now=AT
    )
    safety.unblock(conversation_id=report.conversation_id, by=report.reporter, now=AT)
    send(report)

    seen = deciding.look(report_id=whole.pk, by=support())

    assert [one.text for one in seen] == [f"Words no. {number}" for number in range(4, 10)]
    assert not any(one.reported for one in seen)


def test_nobody_else_looks_decides_or_lifts(report: Report) -> None:
    for by in (report.reporter, report.about, UserFactory.create()):
        for act in (
            lambda by=by: deciding.look(report_id=report.pk, by=by),
            lambda by=by: decide(report, Decision.DISMISSED, by=by),
            lambda by=by: deciding.lift(report_id=report.pk, by=by, reason="x", now=LATER),
        ):
            with pytest.raises(Forbidden):
                act()
    with pytest.raises(NotFound):
        deciding.look(report_id=report.conversation_id, by=support())
    with pytest.raises(Invalid):
        decide(report, Decision.DISMISSED, reason=" ")

    assert Report.objects.get().state == "open"
    assert not AuditEntry.objects.filter(action="report.looked").exists()


def test_nobody_of_the_staff_decides_in_their_own_case(report: Report) -> None:
    for by in (report.reporter, report.about):
        by.user_permissions.add(Permission.objects.get(codename="decide_report"))
        person = User.objects.get(pk=by.pk)
        for act in (
            lambda by=person: deciding.look(report_id=report.pk, by=by),
            lambda by=person: decide(report, Decision.DISMISSED, by=by),
            lambda by=person: deciding.lift(report_id=report.pk, by=by, reason="x", now=LATER),
        ):
            with pytest.raises(Forbidden, match="somebody else"):
                act()
        assert not deciding.reports_for(person).exists()

    assert deciding.reports_for(support()).exists()
    assert not AuditEntry.objects.filter(action="report.looked").exists()


def test_a_warning_tells_the_person_and_nothing_of_who_reported(report: Report) -> None:
    with pytest.raises(Invalid):
        decide(report, Decision.WARNED)

    decide(report, Decision.WARNED, warning="Keep payments here.", reason="Ann is right.")

    [mail] = Email.objects.filter(template="account_warned")
    assert mail.to == report.about.email
    for body in (mail.text, mail.html):
        assert "Keep payments here." in body
        assert "Ann" not in body


def test_a_block_of_the_staff_holds_until_they_lift_it(report: Report) -> None:
    decide(report, Decision.BLOCKED)
    safety.unblock(conversation_id=report.conversation_id, by=report.reporter, now=LATER)
    with pytest.raises(safety.ConversationBlocked):
        send(report)

    deciding.lift(report_id=report.pk, by=support(), reason="They made up.", now=LATER)
    with pytest.raises(deciding.NotBlockedByStaff):
        deciding.lift(report_id=report.pk, by=support(), reason="Again.", now=LATER)

    send(report)
    assert Block.objects.filter(lifted_at=None).count() == 0


def test_what_the_staff_block_and_unblock_is_written_down_and_nothing_else(report: Report) -> None:
    here = report.conversation.public_id
    decide(report, Decision.BLOCKED, reason="Insults.")
    Conversation.objects.create(  # the two in their other roles, since: no block stands in it
        client=ClientFactory(user=report.about),
        mentor=MentorFactory(user=report.reporter),
        created_at=LATER,
        last_sent_at=LATER,
    )

    deciding.lift(report_id=report.pk, by=support(), reason="They made up.", now=LATER)

    entries = AuditEntry.objects.filter(object_type="conversation").order_by("id")
    assert [(one.action, one.object_id, one.data["reason"]) for one in entries] == [
        ("conversation.blocked", here, "Insults."),
        ("conversation.unblocked", here, "They made up."),
    ]


def test_who_is_deactivated_is_shut_out_unless_they_are_staff(report: Report) -> None:
    User.objects.filter(pk=report.about_id).update(is_superuser=True)
    with pytest.raises(deciding.NotToBeDeactivated):
        decide(report, Decision.DEACTIVATED)
    assert Report.objects.get().state == "open"
    User.objects.filter(pk=report.about_id).update(is_superuser=False)

    decide(report, Decision.DEACTIVATED)

    assert not User.objects.get(pk=report.about_id).is_active
    assert AuditEntry.objects.filter(action="user.deactivated").count() == 1


@pytest.mark.parametrize("first", [Decision.DISMISSED, Decision.BLOCKED])
def test_a_report_is_decided_once_and_then_the_same_can_be_reported_again(
    report: Report, first: Decision
) -> None:
    decide(report, first)

    with pytest.raises(deciding.MessageReportDecided):
        decide(report, Decision.DEACTIVATED)
    again = safety.report(
        conversation_id=report.conversation_id,
        by=report.reporter,
        reason="outside",
        words="",
        now=LATER,
        message_id=report.message_id,
    )

    assert again.state == "open"
    assert report.about.is_active


@pytest.mark.django_db(transaction=True)
def test_a_decision_waits_for_whoever_writes_in_the_conversation() -> None:
    """The two's conversations are locked first, whatever is decided (docs/locking.md)."""
    report, staff = add_message_report(), support()
    writes, decided = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                Conversation.objects.select_for_update(no_key=True).get(pk=report.conversation_id)
                writes.set()
                decided.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert writes.wait(20)
    try:
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
            decide(report, Decision.DISMISSED, by=staff)
    finally:
        decided.set()
        writer.join()

    assert decide(report, Decision.DISMISSED, by=staff).state == "dismissed"
