"""Tell a whole year: the cast, the days with their nights, the planted breaks, and the proof.

The clock of the product is the travelled one and the stand-in's follows it. Mail goes through
the outbox to a mailer that keeps nothing. What comes of one seed and one day is always the same.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from django.test.utils import override_settings

from accounts.models import User
from billing import reconciliation
from billing.ledger.checks import check_books
from billing.models import Break
from cms.permissions import grant_all
from cms.site import ensure_shelves, ensure_site
from demo.offers import make_mentors
from demo.people import People
from demo.year import digest, presence
from demo.year.bank import Bank
from demo.year.breaks import Gardener, Planted
from demo.year.desk import Desk
from demo.year.gateway import StandIn, travelling
from demo.year.nights import HOUR, night
from demo.year.plan import Plan
from demo.year.presence import Year
from demo.year.workers import circles
from kernel import clock, tasks
from scheduling.models import Session

SELDOM = 50_000  # new objects between two looks for garbage; a year makes a great many
NO_MAIL = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}


class YearRefused(RuntimeError):
    """There is life in the database already, and a year is told on an empty one only."""


class YearNotRight(RuntimeError):
    """The finished year does not prove: its books, or its reconciliation."""


def tell_year(
    plan: Plan, *, apart: bool = True, say: Callable[[str], None] = lambda _: None
) -> Year:
    """Tell the plan on an empty database and an empty stand-in, and prove what came of it.

    `apart` gives each circle a process. Raises YearRefused, YearNotRight, NotTheStandIn.
    """
    with StandIn() as stand_in:
        stand_in.state()  # it answers, or nothing is begun
        if User.objects.exists() or Session.objects.exists():
            raise YearRefused(
                "There are people in this database already. A year is told on an empty one: give "
                "another DATA_DIR (or DATABASE_URL), or remove this one's."
            )
        name = f"{plan.seed}:{plan.ends_at:%Y-%m-%d}"
        presence.mark_begun(name)
        with _simulation():
            stand_in.begin(plan.begins_at)
            with clock.travel(plan.begins_at - timedelta(days=14)):
                people = _cast(say)
            _days(plan, people, stand_in, apart=apart, say=say)
            planted = _prove(plan, stand_in)
        stand_in.end(clock.now())
    year = Year(planted=planted, digest=digest.digest())
    presence.mark_done(name, year)
    return year


@contextmanager
def _simulation() -> Iterator[None]:
    """What a telling needs of the process: the travelled gateway, jobs at once, mail to nobody."""
    connection_created.connect(_hurry)
    connection.close()
    gc.collect()
    gc.freeze()  # what is loaded by now stays; only the year's own garbage is looked through
    with ExitStack() as stack:
        stack.callback(gc.unfreeze)
        stack.callback(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(SELDOM, 20, 50)
        stack.callback(connection_created.disconnect, _hurry)
        stack.enter_context(override_settings(MAILERS=NO_MAIL))
        stack.enter_context(tasks.at_once())
        stack.enter_context(travelling())
        yield
    connection.close()


def _hurry(*, connection: Any, **_: Any) -> None:
    """Do not wait for the disk: a year that is cut short is told anew from the beginning."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _cast(say: Callable[[str], None]) -> People:
    ensure_site(apps, public_url=settings.PUBLIC_URL)
    ensure_shelves(apps)
    grant_all(apps)
    people = People.at(clock.now())
    people.everybody()
    say(f"the cast: {make_mentors(people)} mentors")
    return people


def _days(
    plan: Plan,
    people: People,
    stand_in: StandIn,
    *,
    apart: bool,
    say: Callable[[str], None],
) -> None:
    month: Counter[str] = Counter()
    with circles(plan, people, apart=apart) as market:
        day = plan.begins_at
        desk, bank = Desk(stand_in, plan.begins_at), Bank(stand_in, plan.begins_at)
        while day < plan.ends_at:
            month += market.live_until(day + HOUR)
            month += night(stand_in, day, last=plan.ends_at)
            month["runs"] += desk.work(day)
            bank.work(day)
            following = day + timedelta(days=1)
            if following.month != day.month or following == plan.ends_at:
                say(_summary(day, month))
                month.clear()
            day = following
        market.live_until(plan.ends_at)


def _summary(day: datetime, month: Counter[str]) -> str:
    nights = {"earned", "released", "breaks", "runs"}
    booked = sum(count for name, count in month.items() if name not in nights)
    return (
        f"{day:%B %Y}: {booked} bookings, {month['earned']} sessions earned, "
        f"{month['runs']} payout runs"
    )


def _prove(plan: Plan, stand_in: StandIn) -> tuple[Planted, ...]:
    """Plant the breaks, reconcile the whole year and check the books, at the year's end."""
    stand_in.set_clock(plan.ends_at)
    with clock.travel(plan.ends_at):
        before = _open_breaks()
        if before:
            raise YearNotRight(f"Breaks that nobody planted: {sorted(before)}")
        days = (plan.ends_at - plan.begins_at).days
        planted = Gardener(stand_in, plan.ends_at, days).plant()
        reconciliation.run(
            gateway="stripe", since=plan.begins_at, until=plan.ends_at, now=clock.now()
        )
        found, wanted = _open_breaks(), {(one.type, one.key) for one in planted}
        if found != wanted:
            raise YearNotRight(
                f"Planted and not found: {sorted(wanted - found)}; "
                f"found and not planted: {sorted(found - wanted)}"
            )
        books = check_books(now=clock.now())
        if not books.ok:
            raise YearNotRight(f"check_books: {books.as_json()}")
    return tuple(planted)


def _open_breaks() -> set[tuple[str, str]]:
    return set(Break.objects.filter(state=Break.State.OPEN).values_list("type", "key"))


def default_until() -> date:
    """Return the day on which a year ends that is told now: today (UTC)."""
    return clock.now().date()
