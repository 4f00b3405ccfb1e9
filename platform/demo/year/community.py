"""What goes on around a session: reviews and replies, messages, goals. Tellings, as in `stories`.

Each act is the operation that the API calls.
"""

import random
from collections.abc import Generator, Sequence
from datetime import datetime, timedelta

from accounts.models import Client, Mentor, User
from demo.year import praise, talk
from kernel import clock
from messaging import operations as messages
from messaging.models import Conversation
from scheduling import goals, reviews
from scheduling.models import Goal, Session

type Telling = Generator[datetime, None, None]
type Exchange = tuple[tuple[str, int, str], ...]

REVIEWED = 0.64
REPLIED = 0.35
WRITTEN_BEFORE = 0.13
WRITTEN_AFTER = 0.15
WITH_GOAL = 0.1
STARS = ((5, 58), (4, 27), (3, 9), (2, 4), (1, 2))


class Tongues:
    """Chooses words so that nobody soon reads the same again in one place."""

    def __init__(self) -> None:
        self._said: dict[str, set[str]] = {}
        self._talked: dict[tuple[str, str], set[Exchange]] = {}

    def review(self, dice: random.Random, *, of: str, stars: int) -> str:
        """Return a text that this mentor has not got yet; once all were said, they begin anew."""
        said = self._said.setdefault(of, set())
        fresh = [text for text in praise.BY_STARS[stars] if text not in said]
        if not fresh:
            fresh = list(praise.BY_STARS[stars])
            said.difference_update(fresh)
        text = dice.choice(fresh)
        said.add(text)
        return text

    def exchange(
        self, dice: random.Random, among: Sequence[Exchange], *, client: Client, mentor: Mentor
    ) -> Exchange:
        """Return what these two have not written to each other yet; nothing at the end."""
        talked = self._talked.setdefault((client.user.email, mentor.slug), set())
        fresh = [one for one in among if one not in talked]
        if not fresh:
            return ()
        said = dice.choice(fresh)
        talked.add(said)
        return said


def review(
    dice: random.Random, tongues: Tongues, session: Session, client: Client, mentor: Mentor
) -> Telling:
    """Perhaps the client leaves a review, and perhaps the mentor replies."""
    if dice.random() > REVIEWED:
        return
    yield clock.now() + timedelta(minutes=dice.randrange(30, 5 * 24 * 60))
    stars = dice.choices([one for one, _ in STARS], weights=[many for _, many in STARS])[0]
    text = tongues.review(dice, of=mentor.slug, stars=stars)
    parts = _parts(dice, stars) if dice.random() < 0.7 else {}
    left = reviews.leave(
        session_id=session.pk,
        client=client,
        rating=stars,
        comment=text.format(name=_first(mentor.user)),
        now=clock.now(),
        **parts,
    )
    if not text or dice.random() > (REPLIED if stars > 3 else 2 * REPLIED):
        return
    yield clock.now() + timedelta(minutes=dice.randrange(3 * 60, 60 * 60))
    reviews.reply(
        review_id=left.pk,
        mentor=mentor,
        text=dice.choice(praise.REPLIES if stars > 3 else praise.REPLIES_TO_CRITICS),
        now=clock.now(),
    )


def _parts(dice: random.Random, stars: int) -> dict[str, int]:
    return {
        name: max(1, min(5, stars + dice.choice((-1, 0, 0, 0, 1))))
        for name in ("preparation", "clarity", "usefulness")
    }


def exchange(
    dice: random.Random,
    said: Exchange,
    client: Client,
    mentor: Mentor,
    *,
    before: datetime | None = None,
) -> Telling:
    """Let the two write to each other, until `before` at the latest; the last reader may not."""
    people = {talk.CLIENT: client.user, talk.MENTOR: mentor.user}
    reader = None
    for who, hours, text in said:
        at = clock.now() + timedelta(hours=hours, minutes=dice.randrange(60))
        if before is not None and at >= before:
            return
        yield at
        reader = people[talk.MENTOR if who == talk.CLIENT else talk.CLIENT]
        messages.send(
            client_id=client.pk,
            mentor_id=mentor.pk,
            author=people[who],
            text=text.format(name=_first(reader)),
            now=clock.now(),
        )
    if reader is not None and dice.random() < 0.85:
        yield clock.now() + timedelta(minutes=dice.randrange(5, 600))
        conversation = Conversation.objects.get(client=client, mentor=mentor)
        messages.read(conversation_id=conversation.pk, reader=reader, now=clock.now())


def pursue(dice: random.Random, session: Session, client: Client) -> Telling:
    """Set a goal at a session and report on it over the weeks that follow."""
    title, steps, reports = dice.choice(talk.GOALS)
    if Goal.objects.filter(client=client, title=title).exists():
        return
    yield clock.now() + timedelta(minutes=dice.randrange(20, 900))
    goal = goals.set_goal(client=client, title=title, session_id=session.pk, now=clock.now())
    milestones = [
        goals.add_milestone(goal_id=goal.pk, client=client, title=step, now=clock.now())
        for step in steps
    ]
    pace = dice.choice((6, 9, 14))
    for number, report in enumerate(reports, start=1):
        yield clock.now() + timedelta(days=pace, minutes=dice.randrange(900))
        goals.reach_milestone(
            milestone_id=milestones[number - 1].pk, client=client, now=clock.now()
        )
        goals.record_progress(
            goal_id=goal.pk,
            client=client,
            percent=min(95, round(100 * number / len(steps)) - dice.randrange(0, 6)),
            note=report,
            now=clock.now(),
        )
    if len(reports) == len(steps):
        yield clock.now() + timedelta(days=pace)
        goals.complete(goal_id=goal.pk, client=client, now=clock.now())


def _first(user: User) -> str:
    return user.name.partition(" ")[0]
