"""Pages that are made of blocks: what their answer needs because of one."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from cms.blocks.moving import frame_hosts
from spa import policy


class ShowsBlocks:
    """Before a page's class: its frames may show the video sites of its blocks, and no other."""

    body: Any

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the page; one with videos names their players' hosts in its policy."""
        response: HttpResponse = super().serve(request, *args, **kwargs)  # type: ignore[misc]
        if hosts := frame_hosts(self.body):
            response._csp_config = {  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own
                **policy.PUBLIC,
                "frame-src": hosts,
            }
        return response
