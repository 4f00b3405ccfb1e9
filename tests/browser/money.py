"""Money for the finance screens, made in the demo's own database: `python -m tests.browser.money`.

`paid` pays a session at the stand-in through the product's operations and prints the payment's id;
`payable` gives two mentors money to be paid, one with a verified account there and one without.
What else a screen is about is in `tests.browser.plants`, video rooms in `tests.browser.meetings`,
people who have something of everything in `tests.browser.furniture`; one process makes several.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx

from tests.journeys.demo import ROOT, Demo
from tests.standin import SECRET_KEY


def plant(demo: Demo, *what: str) -> dict[str, Any]:
    """Have it made by a process of the demo's own settings; return what it printed.

    `name=value` gives what is made a value.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.money", *what],
        cwd=ROOT,
        env={**demo.environment, "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def paid() -> dict[str, Any]:
    """A session that a client paid for at the stand-in."""
    from billing.models import Payment  # noqa: PLC0415 - Django is set up by then
    from demo.busy_day import make_busy_day  # noqa: PLC0415
    from demo.people import People  # noqa: PLC0415
    from kernel import clock  # noqa: PLC0415

    make_busy_day(People.at(clock.now()), bookings=1)
    payment = Payment.objects.filter(state="succeeded").latest("pk")  # dates are planted, too
    return {"payment": str(payment.pk), "amount_minor": payment.amount_minor}


def payable() -> dict[str, Any]:
    """Two mentors with $81.80 each; one has a verified account, and the gateway has the money."""
    from django.conf import settings  # noqa: PLC0415 - Django is set up by then

    from tests.billing.payouts.world import earned  # noqa: PLC0415
    from tests.browser.plants import verified  # noqa: PLC0415
    from tests.factories.people import MentorFactory  # noqa: PLC0415

    def mentor(name: str) -> Any:
        made = MentorFactory(user__name=name)
        earned(mentor=made)
        return made

    ready, waiting = mentor("Marta Payable"), mentor("Nils Without")
    sell(settings.STRIPE_API_BASE)
    verified(ready)
    return {"mentor": str(ready.pk), "other": str(waiting.pk)}


def sell(stand_in: str, *, amount_minor: int = 100_000, currency: str = "usd") -> None:
    """Give the platform money at the gateway, available at once."""
    sale = {
        "amount": str(amount_minor),
        "currency": currency,
        "confirm": "true",
        "payment_method": "pm_card_bypassPending",
        "automatic_payment_methods[enabled]": "true",
        "automatic_payment_methods[allow_redirects]": "never",
    }
    key = {"Authorization": f"Bearer {SECRET_KEY}"}
    url = f"{stand_in}/v1/payment_intents"
    httpx.post(url, data=sale, headers=key, timeout=20).raise_for_status()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    from kernel.ids import uuid7
    from tests.browser import furniture, meetings, plants
    from tests.factories.people import MentorFactory, UserFactory

    UserFactory.reset_sequence(uuid7().int % 10**9)  # people of an earlier planting are there
    MentorFactory.reset_sequence(uuid7().int % 10**9)
    made: dict[str, Any] = {}
    for what in sys.argv[1:]:
        name, _, given = what.partition("=")
        more = {**plants.ALL, **meetings.ALL, **furniture.ALL}
        every: dict[str, Callable[..., dict[str, Any]]] = {"paid": paid, "payable": payable, **more}
        made |= every[name](*[given] if given else [])
    print(json.dumps(made))
