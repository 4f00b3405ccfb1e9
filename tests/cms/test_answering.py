"""The dialog in which finance answers a dispute, and who may not."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import roles
from billing.models import AnswerDocument, Dispute, DisputeAnswer
from kernel.models import Job
from tests.billing.ledger.books import EARLY, bank_says, dispute
from tests.cms.conftest import SignIn
from tests.factories.billing import paid_session

ALLOWED = [roles.FINANCE_PREPARER, roles.FINANCE_APPROVER, "admin"]
REFUSED = [roles.AUDITOR, roles.SUPPORT, roles.CONTENT_EDITOR, roles.MENTOR_CURATOR]
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def disputed(db: None) -> Dispute:
    _, payment = paid_session()
    bank_says(payment, dispute("needs_response", at=EARLY), at=EARLY)
    row = Dispute.objects.get()
    row.due_by = None
    row.save(update_fields=["due_by"])
    return row


def url_of(row: Dispute) -> str:
    return reverse("answer_dispute", args=[row.pk])


def given(**more: Any) -> dict[str, Any]:
    return {"act": "answer", "statement": "Held as agreed.", **more}


@pytest.mark.parametrize("who", ALLOWED)
def test_finance_answers_with_words_and_a_document(
    sign_in: SignIn, disputed: Dispute, who: str
) -> None:
    browser = sign_in(who)
    shown = browser.get(url_of(disputed)).content.decode()
    assert "What the bank is told" in shown
    assert "$100.00 USD were paid" in shown

    upload = SimpleUploadedFile("chat.pdf", PDF, "application/pdf")
    done = browser.post(url_of(disputed), given(communication=upload), follow=True)

    answer = DisputeAnswer.objects.get()
    assert done.redirect_chain[-1][0] == reverse("disputes:inspect", args=[disputed.pk])
    assert answer.public_id in done.content.decode()
    assert sorted(answer.documents.values_list("slot", flat=True)) == ["communication", "record"]
    assert Job.objects.filter(dedupe_key=str(answer.pk)).count() == 1


@pytest.mark.parametrize("who", REFUSED)
def test_others_are_refused_and_nothing_is_written(
    sign_in: SignIn, disputed: Dispute, who: str
) -> None:
    browser = sign_in(who)

    seen = [browser.get(url_of(disputed)), browser.post(url_of(disputed), given())]

    assert [answer.status_code for answer in seen] == [302, 302]
    assert [answer["Location"] for answer in seen] == [reverse("wagtailadmin_home")] * 2
    assert DisputeAnswer.objects.count() == 0


def test_a_wrong_document_is_said_and_the_words_are_kept(
    sign_in: SignIn, disputed: Dispute
) -> None:
    """The files are not: no browser sends them twice, and a bank hears one answer."""
    upload = SimpleUploadedFile("chat.svg", b"<svg>", "application/pdf")
    browser = sign_in(roles.FINANCE_PREPARER)

    answer = browser.post(url_of(disputed), given(other=upload))
    without = browser.post(url_of(disputed), given(statement=""))

    assert answer.status_code == 409
    assert "chat.svg is no PDF, JPEG or PNG" in answer.content.decode()
    assert "Held as agreed." in answer.content.decode()
    assert "Nothing was sent. Choose again: Another document." in answer.content.decode()
    assert without.status_code == 422
    assert "Choose again" not in without.content.decode()
    assert DisputeAnswer.objects.count() == 0


def test_a_second_answer_is_refused_in_words(sign_in: SignIn, disputed: Dispute) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    browser.post(url_of(disputed), given())

    answer = browser.post(url_of(disputed), given())

    assert answer.status_code == 409
    assert "a bank hears one answer" in answer.content.decode()
    assert DisputeAnswer.objects.count() == 1


def test_auditors_open_what_was_sent_as_a_download(sign_in: SignIn, disputed: Dispute) -> None:
    sign_in(roles.FINANCE_PREPARER).post(url_of(disputed), given())
    url = reverse("answer_document", args=[AnswerDocument.objects.get().pk])

    seen = sign_in(roles.AUDITOR).get(url)

    assert seen.content.startswith(b"%PDF-")
    assert seen["Content-Disposition"].startswith('attachment; filename="ses_')
    assert sign_in(roles.SUPPORT).get(url).status_code == 302
