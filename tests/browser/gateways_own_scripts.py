"""A web server of the demo whose pages name the gateways' own hosts, as those of production do.

The server goes on talking to the stand-in, and knows the demo's people, whom production refuses:
so it is not a matter of settings. That production's settings lead to these hosts is shown by
`tests/spa/test_host_page.py`.
"""

from config.wsgi import application
from spa import gateway

__all__ = ["application"]

gateway._stripe = lambda: gateway.STRIPE
gateway._paypal = lambda: gateway.PAYPAL
