"""The picture of a mentor at one address: the photograph where there is one, a drawing otherwise.

Every place that shows a mentor uses `portrait_path`, so none has to know which of the two it is.
"""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import condition, require_safe

from accounts.models import Mentor
from cms.models import MentorProfilePage
from cms.portraits import portrait_data_url, portrait_svg, version_of

PHOTO = "fill-384x384"
AN_HOUR = 60 * 60


def portrait_path(slug: str) -> str:
    """Return the address of a mentor's picture, without the host."""
    return f"/portraits/{slug}.svg"


def picture_for_staff(page: MentorProfilePage) -> str:
    """Return the same of any mentor: the drawing itself for those whom the public cannot see."""
    if page.live and page.mentor.is_live:
        return portrait_path(page.mentor.slug)
    return portrait_data_url(page.title)


def _page(slug: str) -> MentorProfilePage | None:
    page: MentorProfilePage | None = (
        MentorProfilePage.objects.live()
        .filter(mentor__slug=slug, mentor__status=Mentor.Status.LIVE)
        .select_related("portrait")
        .first()
    )
    return page


@require_safe
def portrait(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer the drawing, or lead to the photograph; 404 for whoever is not live."""
    page = _page(slug)
    if page is None:
        raise Http404
    if page.portrait is not None:
        response: HttpResponse = HttpResponseRedirect(page.portrait.get_rendition(PHOTO).url)
    else:
        response = _drawing(request, page.title)
    response["Cache-Control"] = f"public, max-age={AN_HOUR}, stale-while-revalidate={AN_HOUR}"
    return response


def _drawing(request: HttpRequest, name: str) -> HttpResponse:
    @condition(etag_func=lambda _request: f'"{version_of(name)}"')
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(portrait_svg(name), content_type="image/svg+xml; charset=utf-8")

    return answer(request)
