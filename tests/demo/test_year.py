"""A month of the demo's past: told from a seed, proven, the same again, and kept on a shelf."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from billing import reconciliation
from billing.ledger.checks import check_books
from billing.ledger.totals import account_totals
from billing.models import Break, GatewayEvent, GatewayPayout, PayoutRun, PeriodClose, Refund
from demo.year import cache, digest, plan, praise, presence
from demo.year.build import YearRefused, tell_year
from demo.year.plan import Kind, make_plan
from demo.year.presence import Presence, Year
from kernel import clock
from kernel.models import Job
from launcher import options
from notifications.models import Email
from scheduling.models import Session
from tests import hledger, migrated_rows
from tests.factories.people import ClientFactory
from tests.standin import StandIn

UNTIL = date(2027, 3, 29)  # the night before has a gap in London
DAYS, STORIES = 30, 26


def month(*, seed: int = 1, until: date = UNTIL) -> plan.Plan:
    return make_plan(seed=seed, until=until, days=DAYS, stories=STORIES)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, transactional_db: None, standin: StandIn) -> StandIn:
    """Twelve mentors instead of sixty: pages take time, and there are tests for those."""
    monkeypatch.setattr("demo.mentors.CROWD", 0)
    return standin


def test_a_plan_follows_from_its_seed_and_its_day() -> None:
    assert month() == month()
    assert month().stories != month(seed=2).stories
    assert month().stories != month(until=UNTIL - timedelta(days=1)).stories


def test_a_whole_year_is_planned_as_large_as_it_is_promised() -> None:
    year = make_plan(seed=1, until=UNTIL)
    people = {(story.client.email, story.circle) for story in year.stories}

    assert len(year.stories) >= 1_550
    assert len(people) >= 40
    assert len({client.zone for client in {story.client for story in year.stories}}) >= 10
    # Circles share nobody, which is what lets two processes tell the year.
    assert len({email for email, _ in people}) == len(people)
    mentors = {(story.mentor.email, story.circle) for story in year.stories}
    assert len({email for email, _ in mentors}) == len(mentors)
    kinds = {story.kind for story in year.stories}
    assert kinds == set(Kind)


def test_reviews_are_many_and_well_behaved() -> None:
    texts = [text for of_stars in praise.BY_STARS.values() for text in of_stars]

    assert len(set(texts)) == len(texts) >= 60
    assert not [text for text in texts if "!" in text or "lorem" in text.lower()]


def assert_hledger_agrees(journal: Path) -> None:
    """The demo's books, added up by a program that is not ours (where it is installed)."""
    call_command("export_journal", "--out", str(journal))
    if hledger.find():
        assert hledger.balances(journal) == hledger.ours(account_totals())
        hledger.run(journal, "check", "--strict", "ordereddates")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_month_is_proven_and_told_again_by_two_processes_it_is_the_same(
    few: StandIn, tmp_path: Path
) -> None:
    first = tell_year(month(), apart=False)

    begins_at, ends_at = month().begins_at, month().ends_at
    now = ends_at + timedelta(hours=13)
    assert Session.objects.count() > STORIES
    assert Refund.objects.exists()
    assert PayoutRun.objects.exists()
    assert GatewayEvent.objects.filter(state="done").count() > 10
    assert not GatewayEvent.objects.filter(state="received").exists()
    assert not Email.objects.filter(sent_at=None).exists()
    assert not Job.objects.filter(done_at=None, due_at__lte=ends_at).exists()
    assert check_books(now=now).ok
    assert GatewayPayout.objects.exclude(arrived_at=None).exclude(match=None).exists()
    assert PeriodClose.objects.exclude(approved_at=None).exists()
    assert_hledger_agrees(tmp_path / "books.journal")
    with clock.travel(now):
        found = reconciliation.run(gateway="stripe", since=begins_at, until=ends_at, now=now)
    listed = Break.objects.filter(state="open", last_run=found.run).values_list("type", "key")
    assert sorted(listed) == sorted((one.type, one.key) for one in first.planted)
    assert len({one.type for one in first.planted}) >= 8
    assert presence.look() is Presence.WHOLE
    assert presence.told() == first

    migrated_rows.put_back()
    assert tell_year(month(), apart=True).digest == first.digest

    Session.objects.filter(pk=Session.objects.latest("pk").pk).update(goals="Another story")
    assert digest.digest() != first.digest


@pytest.mark.django_db(transaction=True)
def test_a_year_is_refused_where_somebody_lives_already(standin: StandIn) -> None:
    ClientFactory()
    standin.stripe.v1.customers.create({"name": "Ada"})

    with pytest.raises(YearRefused, match="another DATA_DIR"):
        tell_year(month(), apart=False)

    assert User.objects.count() == 1
    assert len(standin.stripe.v1.customers.list().data) == 1  # nor was the stand-in emptied


@pytest.mark.django_db
def test_half_a_year_is_told_from_a_whole_one_and_from_another_life() -> None:
    assert presence.look() is Presence.EMPTY

    presence.mark_begun("1:2027-03-29")
    assert presence.look() is Presence.HALF

    presence.mark_done("1:2027-03-29", Year(planted=(), digest="d"))
    assert presence.look() is Presence.WHOLE
    with pytest.raises(ValueError, match="cut short"):
        presence.wipe_half()


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["--year"]])
def test_half_a_year_is_not_served_as_a_small_demo(arguments: list[str]) -> None:
    presence.mark_begun("1:2027-03-29")

    with pytest.raises(CommandError, match="cut short"):
        call_command("seed_demo", *arguments)

    assert not User.objects.exists()


@pytest.mark.django_db
def test_people_without_a_year_are_a_life_of_their_own() -> None:
    ClientFactory()

    assert presence.look() is Presence.OTHER


def test_the_key_of_a_year_names_its_day_and_its_seed(db: None) -> None:
    known = cache.key(seed=1, until=UNTIL)

    assert known == cache.key(seed=1, until=UNTIL)
    assert known.startswith("20270329-")
    assert known != cache.key(seed=2, until=UNTIL)
    assert known != cache.key(seed=1, until=UNTIL + timedelta(days=1))


def test_the_key_follows_the_code(db: None, settings: LazySettings, tmp_path: Path) -> None:
    settings.ROOT = tmp_path
    (tmp_path / "requirements.lock").write_text("django==6.1\n")
    (tmp_path / "billing").mkdir()
    module = tmp_path / "billing" / "fees.py"
    module.write_text("RATE = 15\n")
    known = cache.key(seed=1, until=UNTIL)

    module.write_text("RATE = 16\n")

    assert cache.key(seed=1, until=UNTIL) != known


@pytest.fixture
def elsewhere(db: None) -> Iterator[Callable[[], None]]:
    """A function that moves this test's session into an empty database of its own."""
    here = connection.settings_dict["NAME"]
    name = f"{here}_restored"

    def command(sql: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = here
        with connection.cursor() as cursor:
            cursor.execute(sql)

    def move() -> None:
        command(f"CREATE DATABASE {name} TEMPLATE template0")
        connection.close()
        connection.settings_dict["NAME"] = name

    yield move
    command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_year_on_the_shelf_comes_back_as_it_was(
    standin: StandIn, tmp_path: Path, settings: LazySettings, elsewhere: Callable[[], None]
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "ada.svg").write_text("<svg/>")
    ClientFactory()
    standin.stripe.v1.customers.create({"name": "Ada"})
    presence.mark_done("1:2027-03-29", Year(planted=(), digest="d"))
    known = digest.digest()
    shelf = cache.Shelf("a-key", root=tmp_path / "shelf")
    shelf.store()

    standin.reset()
    (settings.MEDIA_ROOT / "ada.svg").unlink()
    elsewhere()
    assert presence.is_bare()
    shelf.restore()

    assert digest.digest() == known
    assert presence.told().digest == "d"
    assert [one.name for one in standin.stripe.v1.customers.list().data] == ["Ada"]
    assert (settings.MEDIA_ROOT / "ada.svg").exists()
    assert [path.name for path in shelf.root.iterdir()] == ["a-key"]  # no draft is left


def _half_written(shelf: cache.Shelf) -> None:
    shelf.folder.mkdir(parents=True)
    for name in (cache.DUMP, cache.STATE, cache.MEDIA):
        (shelf.folder / name).write_bytes(b"half")
    paper = {"key": shelf.key, "files": {cache.DUMP: "of something whole"}}
    (shelf.folder / cache.PAPER).write_text(json.dumps(paper))


@pytest.mark.parametrize(
    ("bend", "says"),
    [
        (lambda shelf: None, "no year on the shelf yet"),
        (lambda shelf: (shelf.root / "another-day").mkdir(parents=True), "another day"),
        (_half_written, "damaged"),
    ],
)
def test_what_does_not_match_is_not_restored(
    bend: Callable[[cache.Shelf], None], says: str, tmp_path: Path
) -> None:
    shelf = cache.Shelf("a-key", root=tmp_path)
    bend(shelf)

    with pytest.raises(cache.NotRestored, match=says):
        shelf.restore()


def test_the_year_can_be_left_out() -> None:
    assert options.read({}).demo_year is True
    assert options.read({"DEMO_YEAR": "off"}).demo_year is False
