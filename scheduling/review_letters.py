"""What client and mentor are told by e-mail of a review or a reply that the staff hid or showed.

Written into the outbox in the transaction of the moderation; the words are in `templates/emails`.
"""

from django.conf import settings

from notifications.outbox import put_email
from scheduling.models import ReviewModeration
from scheduling.models.review import Part


def tell_moderated(done: ReviewModeration, *, reason: str) -> None:
    """Tell both; `reason`, where there is one, only whoever wrote what is hidden."""
    review = done.review
    author = "client" if done.part == Part.REVIEW else "mentor"
    people = {"client": review.client.user, "mentor": review.mentor.user}
    for role, reader in people.items():
        other = people["mentor" if role == "client" else "client"]
        put_email(
            key=f"review-moderated:{done.pk}:{role}",
            template="review_moderated",
            to=reader.email,
            language=reader.language,
            context={
                "name": reader.name,
                "other": other.name,
                "role": role,
                "part": str(done.part),
                "own": role == author,
                "shown": done.action == ReviewModeration.Action.SHOW,
                "reason": reason if role == author else "",
                "link": f"{settings.PUBLIC_URL}/app/sessions/{review.session.public_id}",
            },
        )
