"""What answers under /accounts/: the pages by which staff sign in, and nothing else of allauth.

Addresses, recovery codes and other sites are changed in the app's settings alone, where each
change asks for a fresh proof and is told by mail. A page that is shut keeps its name, which
allauth's own code looks up, and so does whatever a later allauth brings.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from allauth.mfa.totp.views import ActivateTOTPView
from allauth.urls import urlpatterns as every
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, URLResolver

from accounts import second_factor

OPEN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_email_verification_sent",  # a new staff person's first sign-in
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
    }
)


class ActivateApp(ActivateTOTPView):  # type: ignore[misc]
    """Set an authenticator app up, and show the recovery codes that come with it this once."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = request.user
        if user.is_authenticated and second_factor.has_app(user=user):
            return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return str(settings.LOGIN_REDIRECT_URL)

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        if not self.did_generate_recovery_codes:
            return answer
        codes = second_factor.unused_recovery_codes(user=self.request.user)
        page = render(self.request, "account/recovery_codes.html", {"codes": codes})
        page["Cache-Control"] = "no-store"
        return page


def _shut(request: HttpRequest, **_: object) -> NoReturn:
    raise Http404(f"{request.path} is not one of the pages by which staff sign in.")


def _only_open(patterns: Iterable[Any]) -> Iterator[URLPattern | URLResolver]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = list(_only_open(one.url_patterns))
            yield URLResolver(one.pattern, inner, one.default_kwargs, one.app_name, one.namespace)
        elif one.name == "mfa_activate_totp":
            yield URLPattern(one.pattern, ActivateApp.as_view(), one.default_args, one.name)
        elif one.name in OPEN:
            yield one
        else:
            yield URLPattern(one.pattern, _shut, one.default_args, one.name)


urlpatterns = list(_only_open(every))
