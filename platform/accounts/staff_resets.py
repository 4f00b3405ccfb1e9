"""A new password by the back office's page: the link that allauth's own page redeems.

Asking for it looks nobody up, as the API's (`sign_in.request_password_reset`): who has the
address is found behind the answer, so that the clock tells nothing.
"""

from datetime import datetime
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import credentials, letters, operations, throttle
from accounts.models import User
from kernel.ids import uuid7
from kernel.tasks import enqueue, task


def ask(*, email: str, source: str, now: datetime) -> None:
    """Mail a link that sets a new password, where an active person has the address.

    Raises Invalid or TooManyAttempts.
    """
    address = credentials.normalised(email)
    throttle.spend(throttle.RESETS_PER_SOURCE, subject=source, now=now)
    if operations.may_write_to(email=address, source=source, now=now):
        enqueue(answer_asked, asked=str(uuid7()), email=address)


@task
def answer_asked(*, asked: str, email: str) -> None:
    """Job: mail the link to whoever has the address, if anybody; once each time it is `asked`."""
    with transaction.atomic():
        user = User.objects.with_email(email)
        if user is not None and user.is_active:
            letters.staff_password_reset(user=user, asked=UUID(asked), link=_link(user))


def _link(user: User) -> str:
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=parts)
