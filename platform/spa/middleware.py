"""Which of the site's answers get the looser policy that Wagtail's screens need."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from spa.policy import STAFF

STAFF_PATHS = ("/cms/",)


class StaffPolicyMiddleware:
    """Give the staff's pages their looser policy, whichever view answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(STAFF_PATHS) and not hasattr(response, "_csp_config"):
            response._csp_config = STAFF  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own
        return response
