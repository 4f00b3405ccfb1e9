"""Take what visitors send by an editor's form: no cookie, no account, few at a time.

# Note [A form without a cookie]
A CSRF token protects what a signed-in person may do from pages of others, and needs a cookie to be
compared with. Nobody is signed in here: the answer is taken as a stranger's, whatever cookies come
with it, so a forged one could do no more than its author could do by hand. What a page elsewhere
might still borrow is the visitor's network address, by which answers are counted; so browsers,
which say where a form comes from (`Sec-Fetch-Site`, `Origin`), are believed, and what comes from
another site is refused. The page stays the same for everybody, and may be kept by caches.

Robots fill in what people do not see: such an answer is thanked for, and dropped.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from wagtail.contrib.forms.models import FormSubmission

from accounts.sources import source_of
from cms.models import FormPage
from cms.models.forms import SENT
from kernel import clock, limits
from kernel.limits import Limit
from notifications.outbox import put_email

PER_SOURCE = Limit("form-answer", 6, timedelta(minutes=10))
PER_FORM = Limit("form-answers", 300, timedelta(hours=1))
TRAP = "website"  # a field that people do not see
SEE_OTHER, UNPROCESSABLE, FORBIDDEN, TOO_MANY = 303, 422, 403, 429


@csrf_exempt
@require_POST
def answer(request: HttpRequest, page_id: int) -> HttpResponse:
    """Keep an answer and thank for it; show the form again with what is wrong."""
    page = FormPage.objects.live().public().filter(pk=page_id).first()
    if page is None:
        raise Http404
    if is_from_elsewhere(request):
        return _shown(request, page, page.asked(), FORBIDDEN, refused="elsewhere")
    if request.POST.get(TRAP):
        return _thanked(page)
    form = page.asked(request.POST)
    if not form.is_valid():
        return _shown(request, page, form, UNPROCESSABLE)
    if seconds := _seconds_to_wait(request, page):
        response = _shown(request, page, form, TOO_MANY, refused="many")
        response["Retry-After"] = str(seconds)
        return response
    keep(page=page, said=form.cleaned_data, labels={one.name: one.label for one in form})
    return _thanked(page)


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Say whether a browser tells that another site's page sent this."""
    where = request.headers.get("Sec-Fetch-Site")
    if where is not None:
        return where not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.get_host()


@transaction.atomic
def keep(*, page: FormPage, said: dict[str, Any], labels: dict[str, str]) -> FormSubmission:
    """Write an answer down, and promise the e-mail to whoever the page names."""
    kept = FormSubmission.objects.create(page=page, form_data=said)
    if page.notify:
        told = [(labels[name], written(value)) for name, value in said.items()]
        put_email(
            key=f"form-answer:{kept.pk}",
            template="form_answered",
            to=page.notify,
            language="en",
            context={
                "site_name": settings.WAGTAIL_SITE_NAME,
                "form": page.title,
                "answers": told,
                "link": settings.PUBLIC_URL
                + reverse("wagtailforms:list_submissions", args=[page.pk]),
            },
        )
    return kept


def written(value: object) -> str:
    """Write what was answered as words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value) if value not in {None, ""} else "–"


def _seconds_to_wait(request: HttpRequest, page: FormPage) -> int:
    now = clock.now()
    for limit, subject in ((PER_SOURCE, source_of(request)), (PER_FORM, str(page.pk))):
        state = limits.count(limit, subject=subject, now=now)
        if not state.allowed:
            return state.reset_seconds
    return 0


def _thanked(page: FormPage) -> HttpResponse:
    return HttpResponseRedirect(f"{page.get_url()}?{SENT}=", status=SEE_OTHER)


def _shown(
    request: HttpRequest, page: FormPage, form: Any, status: int, *, refused: str = ""
) -> HttpResponse:
    context = {**page.get_context(request), "form": form, "sent": False, "refused": refused}
    response = TemplateResponse(request, page.get_template(request), context, status=status)
    response["Cache-Control"] = "no-store"
    return response
