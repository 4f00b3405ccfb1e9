"""After an erasure no word of the person is left in the database; the books are what they were."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Sum

from accounts import credentials, erasures, roles
from accounts.models import EmailChange, Erasure, RefreshFamily, User
from billing.ledger.checks import check_books
from billing.models import Line
from cms.models import MentorProfilePage
from cms.operations import publish_profile
from cms.permissions import grant_all
from kernel import audit, clock
from kernel.errors import Forbidden
from kernel.personal import Hindrance
from messaging.models import Message
from notifications import outbox
from notifications.models import Email
from scheduling.models import Review, Session
from tests.api import population
from tests.api.market import Market, open_market
from tests.api.population import Population, populate
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.sessions import confirm, pending_session
from tests.standin import StandIn

pytestmark = pytest.mark.django_db
pytest_plugins = ["tests.standin"]

ANN = ("Zephyrine", "Quillfeather", "quillwort")
ADA = ("Marmaduke", "Thistlewood", "thistledown")
BIO = "Marmadukian"


@pytest.fixture
def staff() -> tuple[User, User]:
    """Two members of support, who may ask for an erasure and carry one out."""
    grant_all(apps)
    both = (UserFactory(name="Sue Support"), UserFactory(name="Sam Support"))
    for user in both:
        roles.add_to_group(user=user, group=roles.SUPPORT)
    return User.objects.get(pk=both[0].pk), User.objects.get(pk=both[1].pk)


def named_market(*, listed: bool = False) -> Market:
    market = open_market(listed=False)
    for user, (first, last, host) in ((market.ann.user, ANN), (market.ada.user, ADA)):
        assert user is not None
        user.name, user.email = f"{first} {last}", f"{first.lower()}@{host}.example"
        user.save(update_fields=["name", "email"])
    mentor = market.mentor
    mentor.refresh_from_db()
    mentor.slug, mentor.location = "marmaduke-thistlewood", "Thistlewood Hall"
    mentor.save(update_fields=["slug", "location"])
    assert listed
    publish_profile(
        mentor=mentor, headline=f"{BIO} careers", bio=f"{BIO} years.", expertise=["careers"]
    )
    publish_profile(mentor=mentor, headline="Careers", bio="Years.", expertise=["careers"])
    type(mentor).objects.filter(pk=mentor.pk).update(slug="ada")  # as the population calls it
    return market


@pytest.fixture
def everything(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> Population:
    """Ann and Ada, of whom there is everything, with words that nobody else has said."""
    monkeypatch.setattr(population, "open_market", named_market)
    made = populate(standin)
    market = made.market
    ann, ada = market.ann, market.ada
    assert ann.user is not None
    talk = Message.objects.earliest("id").conversation.public_id
    for caller, text in (
        (ann, "quillwort is what I say"),
        (ada, "thistledown to you, zephyrine quillfeather"),
    ):
        assert caller.post(f"/api/conversations/{talk}/messages", {"text": text}).status_code == 201
    assert ann.post("/api/goals", {"title": "Grow quillwort"}).status_code == 201
    hold = Session.objects.filter(state="pending", client__user=ann.user).latest("id").public_id
    cancel = ann.post(f"/api/sessions/{hold}/cancel", {"reason": "No quillwort left"})
    assert cancel.status_code == 200, cancel.content
    audit.record(
        actor="system",
        action="x.said",
        object_type="x",
        object_id="x",
        data={"reason": "Zephyrine Quillfeather wrote", "to": [ann.user.email]},
    )
    EmailChange.objects.create(
        user=ann.user,
        old_address="old@quillwort.example",
        new_address=ann.user.email,
        undo_digest=b"x" * 32,
        asked_at=clock.now(),
    )
    outbox.send_waiting()
    return made


@pytest.fixture
def unhindered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave aside what is open, so that there is as much to take out as there can be."""
    monkeypatch.setattr(erasures, "hindrances", lambda **_: [])


def dump() -> str:
    """Return the whole database as text, rows of every table, bytes decoded where they are text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(table_name), array_agg(CASE WHEN data_type = 'bytea' "
            "THEN format('encode(%I, ''escape'')', column_name) "
            "ELSE format('%I::text', column_name) END) "
            "FROM information_schema.columns JOIN information_schema.tables "
            "USING (table_schema, table_name) WHERE table_schema = 'public' "
            "AND table_type = 'BASE TABLE' GROUP BY table_name"
        )
        for table, columns in cursor.fetchall():
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            found += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(found).lower()


def left_of(words: tuple[str, ...]) -> list[str]:
    return [
        line[:300] for line in dump().splitlines() if any(word.lower() in line for word in words)
    ]


def erase(user: User, staff: tuple[User, User]) -> Erasure:
    now = clock.now()
    asked = erasures.ask(user=user, by=staff[0], reason="By letter.", now=now)
    outbox.send_waiting()
    done = erasures.carry_out(erasure_id=asked.pk, by=staff[1], now=clock.now())
    outbox.send_waiting()
    return done


def books() -> Any:
    sums = Line.objects.values("account_id", "mentor_id", "purchase_id", "currency")
    return list(sums.annotate(Sum("amount_minor"), Count("pk")).order_by(*sums.query.values_select))


@pytest.mark.parametrize("role", ["client", "mentor"])
@pytest.mark.usefixtures("unhindered")
def test_no_word_of_the_person_is_left(
    everything: Population, staff: tuple[User, User], role: str
) -> None:
    market = everything.market
    user, words = {
        "client": (market.ann.user, ANN),
        "mentor": (market.ada.user, (*ADA, BIO)),
    }[role]
    assert user is not None
    others = ANN[:2] if role == "mentor" else ADA[:2]
    before, kept = books(), left_of(others)
    assert len(left_of(words)) > 10

    erase(user, staff)

    assert [line.partition(":")[0] for line in left_of(words)] == []
    assert len(left_of(others)) > 3, kept  # the other person is still there
    assert books() == before
    report = check_books(now=clock.now())
    assert report.ok, report.as_json()


@pytest.mark.usefixtures("unhindered")
def test_the_dump_would_find_what_is_forgotten(
    everything: Population, staff: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: an erasure that leaves messages out is found out."""
    from kernel import personal  # noqa: PLC0415

    monkeypatch.delitem(personal._tables, "messaging.message")
    user = everything.market.ann.user
    assert user is not None

    erase(user, staff)

    assert [line.partition(":")[0] for line in left_of(ANN)] == ["messaging_message"]


@pytest.mark.usefixtures("unhindered")
def test_nobody_signs_in_and_the_page_is_gone(
    everything: Population, staff: tuple[User, User]
) -> None:
    mentor = everything.market.mentor
    address = mentor.user.email
    url = MentorProfilePage.objects.get(mentor=mentor).url

    erase(mentor.user, staff)

    user = User.objects.get(pk=mentor.user_id)
    assert (user.is_active, user.has_usable_password(), user.name[:13]) == (
        False,
        False,
        "Former member",
    )
    assert credentials.owner_of(email=address, password="x") is None
    assert not RefreshFamily.objects.filter(user=user).exists()
    assert everything.market.ada.get("/api/users/profile").status_code == 401
    assert everything.market.ann._client.get(url).status_code == 404
    mentor.refresh_from_db()
    assert mentor.status == "suspended"


@pytest.mark.usefixtures("unhindered")
def test_the_person_is_told_and_the_address_is_kept_no_longer(
    staff: tuple[User, User],
) -> None:
    user = ClientFactory(user__email="pia@marigold.example").user

    erase(user, staff)

    last = mail.outbox[-1]
    assert (last.to, "was erased" in last.subject) == (["pia@marigold.example"], True)
    assert not Email.objects.filter(to__icontains="marigold").exists()


def test_what_is_open_is_named_and_stands_in_the_way(staff: tuple[User, User]) -> None:
    session = pending_session(starts_at=clock.now() + timedelta(days=4))
    confirm(session)
    now = clock.now()

    for user in (session.client.user, session.mentor.user):
        with pytest.raises(erasures.ErasureHindered, match="1 session still to come") as refused:
            erasures.ask(user=user, by=user, reason="", now=now)
        assert refused.value.facts["hindrances"][0]["do"].startswith("Cancel")
    assert not Erasure.objects.exists()


def test_what_comes_between_stops_it(staff: tuple[User, User]) -> None:
    client = ClientFactory()
    asked = erasures.ask(user=client.user, by=client.user, reason="", now=clock.now())
    outbox.send_waiting()
    confirm(pending_session(client=client, starts_at=clock.now() + timedelta(days=4)))

    with pytest.raises(erasures.ErasureHindered):
        erasures.carry_out(erasure_id=asked.pk, by=staff[1], now=clock.now())

    client.user.refresh_from_db()
    assert client.user.is_active


def test_staff_leave_the_back_office_first(staff: tuple[User, User]) -> None:
    with pytest.raises(erasures.ErasureHindered, match="works in the back office"):
        erasures.ask(user=staff[0], by=staff[0], reason="", now=clock.now())


def test_whoever_asked_does_not_carry_it_out(staff: tuple[User, User]) -> None:
    client = ClientFactory()
    asked = erasures.ask(user=client.user, by=staff[0], reason="A letter.", now=clock.now())
    outbox.send_waiting()

    with pytest.raises(erasures.OwnErasure):
        erasures.carry_out(erasure_id=asked.pk, by=staff[0], now=clock.now())
    with pytest.raises(Forbidden):
        erasures.carry_out(erasure_id=asked.pk, by=client.user, now=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).update(begun_at=clock.now(), done_by=staff[0])


def test_it_is_taken_back_while_nothing_was_done(staff: tuple[User, User]) -> None:
    user = ClientFactory().user
    asked = erasures.ask(user=user, by=user, reason="", now=clock.now())
    assert erasures.ask(user=user, by=user, reason="", now=clock.now()) == asked

    erasures.withdraw(user=user, by=user, now=clock.now())

    with pytest.raises(erasures.ErasureOver):
        erasures.carry_out(erasure_id=asked.pk, by=staff[1], now=clock.now())
    assert erasures.open_of(user=user) is None
    assert Email.objects.filter(template="account_erasure_withdrawn", to=user.email).exists()


def guarded() -> list[Callable[[], object]]:
    """Return changes of history that no erasure under way allows either."""
    return [
        lambda: Line.objects.update(amount_minor=1),
        lambda: Message.objects.update(sent_at=clock.now()),
        lambda: Review.objects.update(rating=1),
        lambda: Message.objects.all().delete(),
    ]


@pytest.mark.usefixtures("unhindered")
def test_history_opens_to_an_erasure_under_way_and_to_named_columns_alone(
    everything: Population, staff: tuple[User, User]
) -> None:
    asked = erasures.ask(user=MentorFactory().user, by=staff[0], reason="", now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('counterfoil.erasure', %s, true)", [str(asked.pk)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(text="(erased)")  # asked for, not begun

    Erasure.objects.filter(pk=asked.pk).update(begun_at=clock.now(), done_by=staff[1])

    assert Message.objects.update(text="(erased)")
    for change in guarded():
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    Erasure.objects.filter(pk=asked.pk).update(done_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(text="again")


def test_credit_that_is_lost_is_told_and_hinders_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Hindrance(what="$5.00 of credit is lost", do="Spend it.", block=False)
    monkeypatch.setattr(erasures, "hindrances", lambda **_: [lost])
    user = ClientFactory().user

    assert erasures.ask(user=user, by=user, reason="", now=clock.now()).state == "open"
    assert not Session.objects.exists()
