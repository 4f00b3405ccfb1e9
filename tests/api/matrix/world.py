"""Two sides that have one of everything, and nothing in common; and the fourteen who call.

Side A is a client and a mentor, and what is between the two; side B is two others with the same.
Everything is made by the product's own operations at one instant, NOW.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import operations, passkeys, roles, tokens
from accounts.models import Client, EmailCode, Mentor, User
from accounts.tokens import Device
from billing import client_credit, payouts
from billing.models import PayoutMinimum
from cms.operations import publish_profile
from kernel import clock
from kernel.ids import parse_public_id
from kernel.money import Money
from scheduling import external_calendars, groups, incidents, lifecycle, slot_tokens
from scheduling.models import CancellationPolicy, Session
from scheduling.states import IncidentKind, Side
from tests.accounts.conftest import answered
from tests.accounts.passkey import SoftPasskey
from tests.api.callers import Caller
from tests.billing.payouts import world as money
from tests.billing.payouts.world import NOW
from tests.factories import scheduling
from tests.factories.people import PASSWORD, ClientFactory, MentorFactory, UserFactory
from tests.factories.reviews import completed, reviewed
from tests.standin import StandIn
from webhooks import endpoints, replays
from webhooks.endpoints import Wish

MISSING_ID = "0" * 26  # of nobody
UNA = "una@example.com"

CLIENT_A, CLIENT_B = "client A", "client B"
MENTOR_A, MENTOR_B = "mentor A", "mentor B"
ANONYMOUS, DEACTIVATED, UNVERIFIED = "anonymous", "deactivated", "unverified"
SUPERUSER = "superuser"
STAFF = (
    roles.CONTENT_EDITOR,
    roles.MENTOR_CURATOR,
    roles.SUPPORT,
    roles.FINANCE_PREPARER,
    roles.FINANCE_APPROVER,
    roles.AUDITOR,
    SUPERUSER,
)
NOBODY = (ANONYMOUS, DEACTIVATED, UNVERIFIED)
ROLES = (ANONYMOUS, CLIENT_A, CLIENT_B, MENTOR_A, MENTOR_B, *STAFF, DEACTIVATED, UNVERIFIED)

# What everybody may know of: the rest of a side's objects never shows to the other side.
PUBLIC = frozenset(
    {"mentor", "kind", "group", "offer", "review", "slot", "starts_at", "group_starts_at", "code"}
)


@dataclass(slots=True)
class World:
    """The two sides' objects by name, and who calls: a caller for each role."""

    a: dict[str, str] = field(default_factory=dict)
    b: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    sign_ins: dict[str, str] = field(default_factory=dict)

    def objects(self, role: str, relation: str) -> Mapping[str, str]:
        """Return what the names in a call stand for; `own.x` is always the caller's own x.

        Who owns nothing stands on side A: its things are not theirs either. A sign-in of the
        own is what everybody has.
        """
        own, other = (self.b, self.a) if role in {CLIENT_B, MENTOR_B} else (self.a, self.b)
        found = {"own": own, "other": other, "missing": self.missing}[relation]
        names = {**found, **{f"own.{name}": value for name, value in own.items()}}
        if relation == "own" and role in self.sign_ins:
            names["sign_in"] = self.sign_ins[role]
        return names

    def hidden_from(self, role: str) -> Mapping[str, str]:
        """Return the other side's objects that this role must find nowhere."""
        if role in {CLIENT_A, MENTOR_A}:
            other = self.b
        elif role in {CLIENT_B, MENTOR_B}:
            other = self.a
        else:
            return {}
        return {name: value for name, value in other.items() if name not in PUBLIC}


def build(standin: StandIn) -> World:
    """Make both sides and all callers at NOW (the clock stands there already)."""
    standin.control("POST", "clock", set=NOW.isoformat(), frozen=True)
    standin.fund()
    standard = scheduling.PolicyFactory()
    CancellationPolicy.objects.filter(pk=standard.pk).update(is_default=True)
    world = World()
    sides = {}
    for side, names in ((world.a, ("Ann", "Ada")), (world.b, ("Ben", "Bob"))):
        client, mentor = people(*names)
        sides[side is world.a] = (client, mentor)
        Furniture(side, client, mentor, standin, now=NOW).furnish()
    _payouts(world, sides, standin)
    world.missing = {name: _of_nobody(value) for name, value in world.a.items()}
    (ann, ada), (ben, bob) = sides[True], sides[False]
    for role, user in (
        (CLIENT_A, ann.user), (CLIENT_B, ben.user), (MENTOR_A, ada.user), (MENTOR_B, bob.user),
    ):  # fmt: skip
        world.callers[role] = Caller(user)
    for role in STAFF:
        world.callers[role] = Caller(_staff(role))
    world.callers[ANONYMOUS] = Caller()
    world.callers[UNVERIFIED] = _unverified()
    for role, caller in world.callers.items():
        if caller.user is not None:
            world.sign_ins[role] = _another_sign_in(caller.user)
    world.a["sign_in"], world.b["sign_in"] = world.sign_ins[CLIENT_A], world.sign_ins[CLIENT_B]
    world.missing["sign_in"] = f"sgn_{MISSING_ID}"
    return world


def people(client: str, mentor: str) -> tuple[Client, Mentor]:
    sells = MentorFactory(user__name=mentor, slug=mentor.lower(), languages=["en"])
    publish_profile(mentor=sells, headline="Careers", bio="Twenty years.", expertise=["careers"])
    return ClientFactory(user__name=client), sells


def _staff(role: str) -> User:
    user = UserFactory.create(is_superuser=role == SUPERUSER)
    if role != SUPERUSER:
        roles.add_to_group(user=user, group=role)
    return User.objects.get(pk=user.pk)


def _unverified() -> Caller:
    """Register, and stop there: all that this person holds is the mailed code, which is no token.

    `test_matrix` shows that the sign-in is refused.
    """
    operations.register(
        email=UNA,
        password=PASSWORD,
        name="Una",
        role="client",
        time_zone="UTC",
        source="127.0.0.1",
        now=NOW,
    )
    answered()
    caller = Caller()
    code = EmailCode.objects.get(user__email=UNA)
    caller.headers = {"Authorization": f"Bearer {code.pk}"}
    return caller


def _another_sign_in(user: User) -> str:
    return tokens.issue(user=user, device=Device(source="127.0.0.1"), now=NOW).family.public_id


def _payouts(world: World, sides: Any, standin: StandIn) -> None:
    """Have each mentor earn a share and be paid it: a statement."""
    PayoutMinimum.objects.get_or_create(
        currency="USD",
        effective_from=datetime(2020, 1, 1, tzinfo=UTC),
        defaults={"minimum_minor": 1000},
    )
    mentors = {"a": sides[True][1], "b": sides[False][1]}
    for mentor in mentors.values():
        money.earned(mentor=mentor)
        money.verified(standin, mentor)
    run = money.approved()
    payouts.send(run_id=run.pk, now=NOW)
    world.a["statement"] = money.payout_to(mentors["a"], run).public_id
    world.b["statement"] = money.payout_to(mentors["b"], run).public_id


def _of_nobody(value: str) -> str:
    """Return an id like `value` that nothing has; times and tokens stay as they are."""
    prefix, mark, rest = value.partition("_")
    if mark and len(rest) == len(MISSING_ID):
        return f"{prefix}_{MISSING_ID}"
    return "nobody" if value in {"ada", "bob"} else value


class Furniture:
    """One client, one mentor, and everything between the two, as it is at `now`.

    `base` is a start that can be booked (a whole or half hour) near `now`, and `running` how many
    hours before it the session began that runs.
    """

    def __init__(
        self,
        objects: dict[str, str],
        client: Client,
        mentor: Mentor,
        standin: StandIn,
        *,
        now: datetime,
        base: datetime | None = None,
        running: float = 0.5,
    ) -> None:
        self.objects = objects
        self.client, self.mentor = client, mentor
        self.buys, self.sells = Caller(client.user), Caller(mentor.user)
        self.standin = standin
        self.now, self.base, self.running = now, base or now, running
        self.hours = 120.0  # from here on a test may hold further hours
        self.kind = scheduling.open_mentor(mentor=mentor)

    def furnish(self) -> None:
        self.objects |= {"mentor": self.mentor.slug, "kind": self.kind.public_id}
        self.free_at(100)
        self.past()
        self.paid_at_the_gateway()
        self.paid()
        self.group()
        self.series()
        self.held()
        self.words()
        self.mentors_things()
        self.passkey()
        self.told()
        credit = Money(10_000, "USD")
        client_credit.grant(
            client=self.client, amount=credit, by="usr_finance", reason="Our fault.",
            key=f"matrix:{self.client.pk}", now=self.now,
        )  # fmt: skip
        self.objects["code"] = self.buys.get("/api/credit").json()["referral_code"]

    def at(self, hours: float) -> datetime:
        """Return an instant so many hours from the base."""
        return self.base + timedelta(hours=hours)

    def free_at(self, hours: float) -> None:
        """Name a start at which nothing is, and another two hours later with its slot's token."""
        at = self.at(hours + 2)
        self.objects["starts_at"] = f"{self.at(hours):%Y-%m-%dT%H:%M:%SZ}"
        self.objects["slot"] = slot_tokens.mint(session_type=self.kind, starts_at=at, now=self.now)

    def past(self) -> None:
        """A session to review, one that was, and one that runs, reported by its client."""
        mine: dict[str, Any] = {"session_type": self.kind, "client": self.client}
        self.objects["review"] = reviewed(
            rating=4, comment="Good.", starts_at=self.at(-60), **mine
        ).public_id
        self.objects["over"] = completed(starts_at=self.at(-26), **mine).public_id
        runs = scheduling.confirmed(starts_at=self.at(-self.running), **mine)
        lifecycle.advance_due(now=self.now)
        self.objects["running"] = runs.public_id
        self.objects["incident"] = incidents.report(
            session_id=runs.pk, side=Side.CLIENT, kind=IncidentKind.EMERGENCY, reason="I fell.",
            by=self.client.user.public_id, now=self.now,
        ).public_id  # fmt: skip

    def paid_at_the_gateway(self) -> None:
        """A session and a package, paid with a card."""
        session = self.hold(48)
        self.objects["session"] = session
        self.objects["payment"] = self.pay(
            "/api/payments/create-intent", {"session_id": session, "gateway": "stripe"}
        )["payment_id"]
        terms = {"session_type": self.kind.public_id, "price_minor": 25_000, "valid_days": 90}
        offer = self.said(self.sells.post("/api/packages/offers", {**terms, "sessions": 3}))["id"]
        self.objects["offer"] = offer
        bought = self.pay("/api/packages", {"offer_id": offer, "gateway": "stripe"})
        self.objects["package"] = bought["package_id"]

    def paid(self) -> None:
        """A session for which both proposed other times in turn, and a goal of it."""
        session = self.hold(96)
        self.confirm(session)
        self.objects["moving"] = session
        self.objects["proposal"] = self.said(
            self.sells.post(
                f"/api/sessions/{session}/proposals", {"starts_at": [self.objects["starts_at"]]}
            )
        )["id"]
        goal = {"title": "A new job", "session_id": self.objects["session"]}
        self.objects["goal"] = self.said(self.buys.post("/api/goals", goal))["id"]
        step = self.buys.post(f"/api/goals/{self.objects['goal']}/milestones", {"title": "One"})
        self.objects["milestone"] = self.said(step)["milestones"][0]["id"]

    def group(self) -> None:
        """A full group meeting, and the client's place in the line before it."""
        group = scheduling.SessionTypeFactory(mentor=self.mentor, name="Circle", capacity=2)
        at = self.at(240)
        meeting = groups.offer(session_type=group, starts_at=at, now=self.now)
        for _ in range(2):
            scheduling.confirmed(session_type=group, starts_at=at, now=self.now)
        self.objects |= {
            "group": group.public_id,
            "group_starts_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "meeting": meeting.public_id,
            "wait": scheduling.waits(
                session_type=group, starts_at=at, client=self.client, now=self.now
            ).public_id,
        }

    def series(self) -> None:
        """Two weeks' sessions, paid."""
        made = scheduling.hold_series(
            session_type=self.kind,
            starts_at=self.at(336),
            count=2,
            client=self.client,
            now=self.now,
        )
        for session in Session.objects.filter(series=made):
            self.confirm(session.public_id)
        self.objects["series"] = made.public_id

    def held(self) -> None:
        """A hold without a payment, and one with a payment that nobody has paid."""
        self.objects["held"] = self.hold(72)
        self.objects["awaiting"] = self.hold(74)
        begun = {"session_id": self.objects["awaiting"], "gateway": "stripe"}
        self.objects["intent"] = self.said(self.buys.post("/api/payments/create-intent", begun))[
            "payment_id"
        ]

    def words(self) -> None:
        """A conversation in which both wrote."""
        begun = self.said(
            self.buys.post("/api/conversations", {"mentor": self.mentor.slug, "text": "Hello"})
        )
        conversation = begun["conversation_id"]
        answer = self.sells.post(f"/api/conversations/{conversation}/messages", {"text": "Hi"})
        self.objects |= {"conversation": conversation, "message": self.said(answer)["id"]}

    def mentors_things(self) -> None:
        calendar = external_calendars.add_address(
            mentor=self.mentor, name="Home", url="https://calendars.example/home.ics", now=self.now
        )
        self.objects["calendar"] = calendar.public_id

    def passkey(self) -> None:
        """A passkey of the client's."""
        ceremony, options = passkeys.begin_adding(user=self.client.user, now=self.now)
        self.objects["passkey"] = passkeys.add(
            user=self.client.user, ceremony=ceremony, name="Telephone",
            credential=SoftPasskey().create(options), now=self.now,
        ).id  # fmt: skip

    def told(self) -> None:
        """An address of the client's that is told of sessions, and what was told."""
        endpoint, _ = endpoints.make(
            owner=self.client.user, by=self.client.user,
            wish=Wish(url=f"https://{self.client.user.name.lower()}.example/hooks"), now=self.now,
        )  # fmt: skip
        sent = replays.send_test(
            owner=self.client.user, endpoint_id=endpoint.pk, by=self.client.user, now=self.now
        )
        self.objects |= {"endpoint": endpoint.public_id, "delivery": sent.public_id}

    def untold(self) -> None:
        """Take the address away again: when and how often it is called is the courier's."""
        endpoints.remove(
            owner=self.client.user, by=self.client.user, now=self.now,
            endpoint_id=parse_public_id("whk", self.objects.pop("endpoint")),
        )  # fmt: skip
        del self.objects["delivery"]

    def hold(self, hours: float) -> str:
        """Have the client hold a session over the API."""
        token = slot_tokens.mint(session_type=self.kind, starts_at=self.at(hours), now=self.now)
        held: str = self.said(
            self.buys.post("/api/sessions", {"slot_token": token, "goals": "Grow"})
        )["id"]
        return held

    def confirm(self, session: str) -> None:
        """Confirm it as a payment does, without one."""
        with transaction.atomic():
            lifecycle.confirm(session_id=parse_public_id("ses", session), now=clock.now())

    def pay(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        """Begin to pay, pay in the browser and confirm; return what began it."""
        intent = self.said(self.buys.post(path, body))
        self.standin.pay(intent["client_secret"].partition("_secret_")[0])
        done = self.buys.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})
        assert self.said(done)["payment"]["status"] == "succeeded"
        return intent

    def said(self, answer: Any) -> dict[str, Any]:
        """Return the body of an answer that went well."""
        assert answer.status_code < 300, answer.content
        body: dict[str, Any] = answer.json()
        return body
