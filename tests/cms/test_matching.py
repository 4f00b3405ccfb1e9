"""Matching beneath the API: how good the words are, and what the encoder adds where it is."""

import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from statistics import mean
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Schedule

from accounts.models import Mentor
from benchmarks.kit.matching_set import PER_TOPIC, Goal, Person, goals, outside, people, with_typos
from benchmarks.kit.profiles import publish_all
from cms import tasks
from cms.filtering import Filters
from cms.matching import encoder, finding, fusion, keeping, lexical
from cms.matching.fusion import Evidence, is_near, score
from cms.matching.keeping import sentences_of
from cms.matching.spelling import mended
from cms.models import MentorProfilePage, ProfileVector
from cms.operations import publish_profile
from kernel import prepared
from kernel.models import Job
from tests.factories.people import MentorFactory
from tests.factories.scheduling import open_mentor

pytestmark = pytest.mark.django_db

needs_the_extra = pytest.mark.skipif(
    not encoder.is_installed(),
    reason="the extra `matching` is not installed (make matching): nothing compares meanings",
)


def recall(found: list[UUID], goal: Goal, who: dict[UUID, Person]) -> float:
    return sum(who[pk].slug in goal.right for pk in found[:10]) / PER_TOPIC


def by_words(goal: Goal) -> list[UUID]:
    said = lexical.scores(goal.text, among=None, limit=10)
    return sorted(said, key=lambda pk: -score(Evidence(**asdict(said[pk]))))


# The labelled set ---------------------------------------------------------------------------


def test_the_set_is_large_and_every_goal_has_its_five_profiles() -> None:
    everybody = {one.slug for one in people()}

    assert len(everybody) == len(people()) >= 200
    assert len(goals()) >= 150
    assert all(len(goal.right) == PER_TOPIC and goal.right <= everybody for goal in goals())
    subjects = {held: {g.topic for g in goals() if g.held_out is held} for held in (True, False)}
    assert subjects[True].isdisjoint(subjects[False])


def test_most_situations_share_few_words_with_the_profiles_that_answer_them() -> None:
    about = {
        one.slug: set(lexical.words_of(f"{one.headline} {one.expertise} {one.bio}"))
        for one in people()
    }

    def new(goal: Goal) -> float:
        words = [word for word in lexical.words_of(goal.text) if len(word) > 4]
        said = set.union(*(about[slug] for slug in goal.right))
        return sum(word not in said for word in words) / max(len(words), 1)

    assert mean(new(goal) for goal in goals() if not goal.plain) > 0.7
    assert mean(new(goal) for goal in goals() if goal.plain) < 0.3


def test_typos_spoil_two_words_and_are_always_the_same() -> None:
    assert with_typos("I want a promotion this year") == with_typos("I want a promotion this year")
    pairs = list(zip(goals(), goals(typos=True), strict=True))
    assert sum(a.text == b.text for a, b in pairs) == 2  # they have no word of five letters


def test_words_alone_keep_their_floor_on_the_held_out_half() -> None:
    who = publish_all(people())
    asked = [goal for goal in goals() if goal.held_out]
    plain = [goal for goal in asked if goal.plain]
    spoilt = [goal for goal in goals(typos=True) if goal.held_out and goal.plain]

    assert mean(recall(by_words(goal), goal, who) for goal in asked) >= WORDS_FLOOR
    assert mean(recall(by_words(goal), goal, who) for goal in plain) >= PLAIN_FLOOR
    assert mean(recall(by_words(goal), goal, who) for goal in spoilt) >= SPOILT_FLOOR
    chance = random.Random(6)
    drawn = mean(recall(chance.sample(list(who), 10), goal, who) for goal in asked)
    assert drawn < WORDS_FLOOR / 2, "the floor could not fail"


WORDS_FLOOR = 0.25
PLAIN_FLOOR = 0.7
SPOILT_FLOOR = 0.5


# Spelling -------------------------------------------------------------------------------------

KNOWN = {"promotion": 9, "promotions": 99, "money": 1, "recruit": 5, "earn": 6, "turnout": 7}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a promtoion", "a promotion"),  # two changed places
        ("a promotin", "a promotion"),  # one is missing
        ("a promootion", "a promotion"),  # one too many
        ("a promotiob", "a promotion"),  # another one
        ("promotionx", "promotion"),  # the more frequent of two
        ("promotion", "promotion"),
        ("a recruiter earns", "a recruiter earns"),  # endings are no typos
        ("mony", "mony"),  # too short to tell
        ("kubernetes", "kubernetes"),  # nothing known is near
        ("burnout", "burnout"),  # known to a profile
    ],
)
def test_one_letter_is_mended_and_nothing_that_is_right(typed: str, read: str) -> None:
    assert mended(typed, vocabulary=KNOWN, known={"burnout"}) == read


def test_a_word_longer_than_any_is_not_mended() -> None:
    assert mended("a" * 29, vocabulary={"a" * 28: 1}) == "a" * 28
    assert mended("a" * 32, vocabulary={"a" * 31: 1}) == "a" * 32


def test_a_word_that_only_a_profile_has_would_else_be_changed() -> None:
    assert mended("burnout", vocabulary=KNOWN) == "turnout"


def test_the_words_that_profiles_have_are_known() -> None:
    publish_profile(mentor=MentorFactory(), headline="Burnout", bio="<p>We rest.</p>")

    assert lexical.known("My burnout resting promtoion") == {"burnout", "resting"}


# What the encoder reads and keeps -------------------------------------------------------------


def test_a_page_is_read_sentence_by_sentence() -> None:
    bio = "<h3>About</h3><p>I <b>coach</b> teams &amp; leads. Since 2009!</p><ul><li>Calm</li></ul>"

    assert sentences_of("Lead well", ["Teams", "Stress"], bio) == [
        "Lead well",
        "Teams, Stress",
        "About",
        "I coach teams & leads.",
        "Since 2009!",
        "Calm",
    ]


def test_without_the_extra_nothing_is_promised_and_nothing_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder, "is_installed", lambda: False)
    monkeypatch.setattr(keeping, "encoder", lambda: None)

    publish_profile(mentor=MentorFactory(), headline="Pianos", expertise=["Music"])

    assert not Job.objects.filter(name="cms.tasks.read_profiles").exists()
    assert (tasks.promise_unread(), keeping.read([])) == (0, 0)


def test_whoever_publishes_has_the_profile_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what Wagtail publishes without a request: the hook of its editor's view is not asked."""
    page = publish_profile(mentor=MentorFactory(), headline="Pianos")
    Job.objects.all().delete()
    monkeypatch.setattr(encoder, "is_installed", lambda: True)
    page.headline = "Violins"
    page.go_live_at = timezone.now() - timedelta(seconds=1)
    revision = page.save_revision(approved_go_live_at=page.go_live_at)

    call_command("publish_scheduled")

    page.refresh_from_db()
    assert (page.headline, revision.pk) == ("Violins", page.live_revision_id)
    job = Job.objects.get(name="cms.tasks.read_profiles")
    assert job.arguments == {"mentor_ids": [str(page.mentor_id)]}


def test_a_sentence_is_quoted_of_a_page_as_it_was_read_alone() -> None:
    """The condition by which `cms.matching.vectors`, which needs the extra, takes sentences."""
    page = publish_profile(mentor=MentorFactory(), headline="Pianos", bio="<p>I play.</p>")
    stands = f"SELECT {keeping.DIGEST} FROM cms_mentorprofilepage page"

    def digest() -> str:
        with connection.cursor() as cursor:
            cursor.execute(stands)
            (row,) = cursor.fetchall()
            return str(row[0])

    before = digest()
    assert digest() == before
    MentorProfilePage.objects.filter(pk=page.pk).update(bio="<p>I rest.</p>")
    assert digest() != before


def test_the_catch_up_is_scheduled() -> None:
    call_command("sync_schedules")

    assert Schedule.objects.filter(func="cms.tasks.promise_unread").count() == 1


def test_the_database_refuses_vectors_that_are_no_rectangle() -> None:
    mentor = MentorFactory()
    row: dict[str, Any] = {
        "model": "m",
        "digest": "0" * 64,
        "version": 1,
        "vector": [1.0, 0.0],
        "sentences": ["One."],
        "sentence_vectors": [[1.0, 0.0]],
    }
    wrong: list[dict[str, Any]] = [
        {"vector": [1.0]},
        {"sentences": []},
        {"sentences": ["One.", "Two."]},
        {"digest": "none"},
    ]
    for broken in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            ProfileVector.objects.create(mentor=mentor, **row | broken)
    ProfileVector.objects.create(mentor=mentor, **row)


@needs_the_extra
def test_a_published_profile_is_read_once_and_again_when_it_changes() -> None:
    mentor = MentorFactory(slug="ann")
    publish_profile(mentor=mentor, headline="Pianos", bio="<p>I play.</p>", expertise=["Music"])
    job = Job.objects.get(name="cms.tasks.read_profiles")

    assert tasks.read_profiles(**job.arguments) == 1
    assert tasks.read_profiles(**job.arguments) == 0
    first = ProfileVector.objects.get(mentor=mentor)
    assert first.sentences == ["Pianos", "Music", "I play."]
    assert len(first.vector) == 384
    assert sum(number**2 for number in first.vector) == pytest.approx(1, abs=1e-4)

    publish_profile(mentor=mentor, headline="Violins", bio="<p>I play.</p>", expertise=["Music"])
    assert keeping.unread() == [mentor.pk]
    assert tasks.read_profiles(**job.arguments) == 1
    assert ProfileVector.objects.get(mentor=mentor).version > first.version


@needs_the_extra
def test_the_nightly_catch_up_promises_what_was_missed() -> None:
    mentor = MentorFactory()
    publish_profile(mentor=mentor, headline="Pianos", expertise=["Music"])
    Job.objects.all().delete()
    MentorProfilePage.objects.update(headline="Violins")

    assert tasks.promise_unread() == 1
    assert tasks.read_profiles(**Job.objects.get().arguments) == 1
    assert tasks.promise_unread() == 0


# What the meaning adds ------------------------------------------------------------------------


@needs_the_extra
def test_the_encoder_gives_the_published_numbers() -> None:
    """The first five that the model's authors print for this sentence."""
    reader = encoder.encoder()
    assert reader is not None

    found = reader.encode(["This is an example sentence", "Each sentence is converted"])

    assert found[0][:5].tolist() == pytest.approx(
        [0.0677, 0.0635, 0.0487, 0.0793, 0.0374], abs=1e-4
    )
    assert reader.encode(["This is an example sentence"])[0] == pytest.approx(found[0], abs=1e-5)


@pytest.fixture
def three() -> Iterator[dict[str, Mentor]]:
    """Three profiles that were read; the process knows no vectors from other tests."""
    finding._vectors.cache_clear()
    made: dict[str, Mentor] = {}
    for slug, headline, bio in (
        ("tim", "Do the thing you keep putting off", "<p>We plan less than you think.</p>"),
        ("eve", "Eat well without counting", "<p>We change one meal, then the next.</p>"),
        ("bo", "Books in order, nights asleep", "<p>Tax is a date, not a surprise.</p>"),
    ):
        made[slug] = MentorFactory(slug=slug)
        open_mentor(mentor=made[slug])
        publish_profile(mentor=made[slug], headline=headline, bio=bio)
    keeping.read([mentor.pk for mentor in made.values()])
    yield made
    finding._vectors.cache_clear()


def best(goal: str) -> UUID:
    evidence = finding.Asked(goal).evidence(None)
    return max(evidence, key=lambda pk: score(evidence[pk]))


@needs_the_extra
def test_a_goal_without_a_shared_word_finds_by_meaning_and_shows_the_sentence(
    three: dict[str, Mentor],
) -> None:
    goal = "Which diet helps me lose weight?"

    assert lexical.scores(goal, among=None, limit=5) == {}
    assert best(goal) == three["eve"].pk
    asked = finding.Asked(goal)
    asked.evidence(None)
    assert asked.sentences[three["eve"].pk][0] == "Eat well without counting"


@needs_the_extra
def test_what_a_page_says_no_more_is_not_quoted(three: dict[str, Mentor]) -> None:
    goal = "Which diet helps me lose weight?"
    publish_profile(mentor=three["eve"], headline="Pianos", bio="<p>I tune pianos.</p>")

    asked = finding.Asked(goal)
    asked.evidence(None)

    assert three["eve"].pk not in asked.sentences
    assert three["bo"].pk in asked.sentences
    keeping.read([three["eve"].pk])
    asked.evidence(None)
    assert asked.sentences[three["eve"].pk][0] in {"Pianos", "I tune pianos."}


@needs_the_extra
def test_a_process_notices_what_another_one_had_read(three: dict[str, Mentor]) -> None:
    goal = "Which diet helps me lose weight?"
    assert best(goal) == three["eve"].pk

    publish_profile(mentor=three["eve"], headline="Pianos", bio="<p>I tune pianos.</p>")
    publish_profile(mentor=three["bo"], headline="Lose weight for good", bio="<p>Diets.</p>")
    keeping.read([three["eve"].pk, three["bo"].pk])

    assert best(goal) == three["bo"].pk


@needs_the_extra
def test_comparing_takes_four_queries_whatever_there_is(three: dict[str, Mentor]) -> None:
    def asked() -> int:
        with (
            mock.patch.object(prepared, "fetch", wraps=prepared.fetch) as own,
            CaptureQueriesContext(connection) as others,
        ):
            best("A diet")
        return own.call_count + len(others)

    asked()
    few = asked()
    for number in range(5):
        mentor = MentorFactory()
        publish_profile(mentor=mentor, headline=f"Diets, part {number}")
        keeping.read([mentor.pk])

    assert few == asked() == 2  # and two of `cms.matching.vectors`


@needs_the_extra
def test_meaning_finds_more_than_words_on_held_out_situations() -> None:
    """A part of the set, so that it takes seconds; the whole is benchmarks/matching.py."""
    finding._vectors.cache_clear()
    chosen = sorted({goal.topic for goal in goals() if goal.held_out})[:8]
    who = publish_all([one for one in people() if one.topic in chosen])
    keeping.read(list(who))
    asked = [goal for goal in goals() if goal.topic in chosen and not goal.plain]

    def ours(goal: Goal) -> list[UUID]:
        evidence = finding.Asked(goal.text).evidence(None)
        return sorted(evidence, key=lambda pk: -score(evidence[pk]))

    words = mean(recall(by_words(goal), goal, who) for goal in asked)
    fitted = mean(recall(ours(goal), goal, who) for goal in asked)
    finding._vectors.cache_clear()

    assert fitted >= words + 0.1
    assert fitted >= MEANING_FLOOR


MEANING_FLOOR = 0.6


@needs_the_extra
def test_a_goal_that_nobody_is_near_to_is_answered_with_nobody_and_says_so(
    three: dict[str, Mentor], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(goal: str) -> finding.Matches:
        return finding.match(goal=goal, filters=Filters(), time_zone="UTC", now=timezone.now())

    near = answer("Which diet helps me lose weight?")
    far = answer("Which telescope shows the rings of Saturn?")

    assert near.items[0].entry.mentor_id == three["eve"].pk
    assert near.note == finding.NOTES[finding.BOTH]
    assert (far.items, far.method, far.relaxed) == ((), finding.BOTH, ())
    assert far.note == finding.NONE_FITS[finding.BOTH]
    # The control: without the bound somebody is always the nearest.
    monkeypatch.setattr(fusion, "NEAR", 0.0)
    assert len(answer("Which telescope shows the rings of Saturn?").items) == 3


@needs_the_extra
def test_filters_that_leave_nobody_near_are_dropped_and_named(three: dict[str, Mentor]) -> None:
    Mentor.objects.exclude(pk=three["eve"].pk).update(languages=["fi"])
    Mentor.objects.filter(pk=three["eve"].pk).update(languages=["en"])

    found = finding.match(
        goal="Which diet helps me lose weight?",
        filters=Filters(language="fi"),
        time_zone="UTC",
        now=timezone.now(),
    )

    assert (found.items[0].entry.mentor_id, found.relaxed) == (three["eve"].pk, ("language",))


@needs_the_extra
def test_most_goals_that_are_about_something_else_have_nobody_near_and_few_others() -> None:
    """A part of the set; the whole is benchmarks/matching.py."""
    finding._vectors.cache_clear()
    chosen = sorted({goal.topic for goal in goals() if goal.held_out})[:8]
    keeping.read(list(publish_all([one for one in people() if one.topic in chosen])))

    def has_somebody(text: str) -> bool:
        evidence = finding.Asked(text).evidence(None)
        return is_near(max(evidence.values(), key=score))

    elsewhere = mean(has_somebody(text) for text in outside(held_out=True))
    ours = mean(has_somebody(goal.text) for goal in goals() if goal.topic in chosen)
    finding._vectors.cache_clear()

    assert elsewhere <= 0.3
    assert ours >= 0.9
