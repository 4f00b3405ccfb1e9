"""Where a site that answers by a posted form (Apple) sends people back to.

The form comes from another site, so it brings no cookies and is believed in nothing: it is handed
on to the app, behind `#`, and the app's own tab knows whether it began this.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

LONGEST = 4000
PARTS = ("state", "code", "error")


@csrf_exempt
@require_POST
def returned(request: HttpRequest) -> HttpResponse:
    """Lead to the app's page with what the site said."""
    said = {name: request.POST.get(name, "")[:LONGEST] for name in PARTS}
    fragment = urlencode({name: value for name, value in said.items() if value})
    response = HttpResponseRedirect(f"{settings.PUBLIC_URL}/app/social#{fragment}")
    response.status_code = 303
    response["Cache-Control"] = "no-store"
    return response
