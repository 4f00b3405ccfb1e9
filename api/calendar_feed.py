"""The calendar behind a person's secret address: what calendar programs fetch, without a token."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from kernel import clock
from scheduling import calendar_feeds


@require_safe
def serve(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the document, 304 where the reader has it, 404 to every other secret."""
    reader = calendar_feeds.reader_of(secret=secret)
    if reader is None:
        return _private(HttpResponse("There is no such calendar.\n", "text/plain", status=404))
    body = calendar_feeds.document(reader=reader, now=clock.now()).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = _private(HttpResponse(body, "text/calendar; charset=utf-8; method=PUBLISH"))
    response["ETag"] = etag
    response["Content-Disposition"] = 'inline; filename="counterfoil.ics"'
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)  # noqa: S101 - Django answers None only for None
    return answer


def _private(response: HttpResponse) -> HttpResponse:
    """Have no shared cache, search engine or next page learn of it."""
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
