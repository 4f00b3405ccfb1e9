"""Make somebody who has applied to be a mentor, for the demo's two curators to vet."""

from datetime import timedelta

from django.db import transaction

from accounts.demo import APPLICANT
from accounts.models import Application, User
from accounts.states import Check
from cms import applications, vetting
from cms.applications import Words
from demo.people import People

WAITS = timedelta(hours=27)
CURATOR = "curator@example.com"
WORDS = Words(
    headline="Working with designers, for engineers who never did",
    bio=(
        "I have led design systems at two publishers, and sat on both sides of the table.\n\n"
        "Bring a screen that you are not sure of. We look at what it asks of people, and at what "
        "you can leave out."
    ),
    expertise=("Design systems", "Accessibility", "Working together"),
    message="Ines Duarte and Tom Hale led me there; both expect your mail.",
)


@transaction.atomic
def make_applicants(people: People) -> None:
    """Make the applicant, and the one point that a curator has ticked; once."""
    user = people.person(
        APPLICANT, name="Katrin Vogel", role="client", zone="Europe/Berlin", signs_in=True
    )
    if Application.objects.filter(mentor__user=user).exists():
        return
    since = people.now - WAITS
    made = applications.apply(user=user, words=WORDS, now=since)
    curator = User.objects.with_email(CURATOR)
    if curator is not None:
        vetting.tick(
            application_id=made.pk,
            check=Check.IDENTITY,
            done=True,
            evidence="Passport seen in a call; the name and the face are the profile’s.",
            by=curator,
            now=since + timedelta(hours=3),
        )
