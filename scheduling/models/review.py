"""What a client said about a session, the mentor's reply, and what the staff hid, with reasons.

All tables are history (triggers in `0005_review_guards` and `0019_review_reports`): neither a
review nor a reply is ever rewritten. The `visible` of each follows the newest row of
`ReviewModeration` about it, and nothing else may move it. A report is decided once.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Client, Mentor, User
from kernel.ids import public_id, uuid7
from scheduling.models.session import Session

COMMENT_LENGTH = 2000
REASON_LENGTH = 500
WORDS_LENGTH = 1000


class Part(models.TextChoices):
    """Which of the two texts is meant: the client's, or the mentor's answer to it."""

    REVIEW = "review", "Review"
    REPLY = "reply", "Reply"


def _stars(field: str, name: str, *, optional: bool = False) -> models.CheckConstraint:
    within = Q(**{f"{field}__gte": 1, f"{field}__lte": 5})
    condition = within | Q(**{f"{field}__isnull": True}) if optional else within
    return models.CheckConstraint(condition=condition, name=name)


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reading reviews by who may read them."""

    def published(self) -> "ReviewQuerySet":
        """Reviews that the public sees."""
        return self.filter(visible=True)

    def newest_first(self) -> "ReviewQuerySet":
        return self.order_by("-created_at", "-id")


class Review(models.Model):
    """One to five stars and a comment on a session that took place, by its client, once.

    `client` and `mentor` are the session's own, by trigger. Sub-scores may be left out.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="review")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    rating = models.PositiveSmallIntegerField()
    preparation = models.PositiveSmallIntegerField(null=True, blank=True)
    clarity = models.PositiveSmallIntegerField(null=True, blank=True)
    usefulness = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.CharField(max_length=COMMENT_LENGTH, blank=True, default="")
    visible = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = ReviewQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [("moderate_review", "Can hide and show reviews")]
        constraints: ClassVar = [
            _stars("rating", "scheduling_review_rating_1_to_5"),
            _stars("preparation", "scheduling_review_preparation_1_to_5", optional=True),
            _stars("clarity", "scheduling_review_clarity_1_to_5", optional=True),
            _stars("usefulness", "scheduling_review_usefulness_1_to_5", optional=True),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["mentor"],
                include=["rating"],
                condition=Q(visible=True),
                name="review_stars_of_mentor",
            ),
            models.Index(fields=["mentor", "-created_at", "-id"], name="review_of_mentor"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.rating}/5)"

    @property
    def public_id(self) -> str:
        return public_id("rev", self.pk)

    @property
    def shown_reply(self) -> "ReviewReply | None":
        """The mentor's reply as the public sees it: None where there is none, or it is hidden."""
        reply: ReviewReply | None = getattr(self, "reply", None)
        return reply if reply is not None and reply.visible else None


class ReviewReply(models.Model):
    """The one answer that the session's mentor gives to a review, in public."""

    review = models.OneToOneField(
        Review, on_delete=models.PROTECT, primary_key=True, related_name="reply"
    )
    text = models.CharField(max_length=COMMENT_LENGTH)
    visible = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "review replies"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="scheduling_reply_says_something"),
        ]

    def __str__(self) -> str:
        return f"Reply to {self.review_id}"


class ReviewModeration(models.Model):
    """One act of the staff on a review or its reply: hidden or shown, by whom and why."""

    class Action(models.TextChoices):
        HIDE = "hide", "Hidden"
        SHOW = "show", "Shown"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="moderations")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=6, choices=Part, default=Part.REVIEW, db_default=Part.REVIEW)
    action = models.CharField(max_length=4, choices=Action)
    reason = models.CharField(max_length=REASON_LENGTH)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(action__in=["hide", "show"]), name="scheduling_moderation_action_known"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="scheduling_moderation_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(part__in=["review", "reply"]), name="scheduling_moderation_part_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["review", "id"], name="moderation_of_review")]

    def __str__(self) -> str:
        return f"{self.action} {self.review_id}"


class ReviewReport(models.Model):
    """What somebody who is signed in tells the staff of a review or of a reply. Decided once."""

    class Reason(models.TextChoices):
        INSULTING = "insulting", "Insults or threatens somebody"
        PRIVATE = "private", "Tells what is private"
        UNTRUE = "untrue", "Says what did not happen"
        ADVERTISING = "advertising", "Advertises something"
        OTHER = "other", "Something else"

    class Decision(models.TextChoices):
        DISMISSED = "dismissed", "Dismissed"
        HIDDEN = "hidden", "Hidden"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="reports")
    part = models.CharField(max_length=6, choices=Part)
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=11, choices=Reason)
    words = models.CharField(max_length=WORDS_LENGTH, blank=True, default="")
    made_at = models.DateTimeField()
    decision = models.CharField(max_length=9, choices=Decision, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decision_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")

    class Meta:
        verbose_name = "review report"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reporter", "review", "part"],
                condition=Q(decided_at=None),
                name="scheduling_report_one_open",
            ),
            models.CheckConstraint(
                condition=Q(
                    part__in=["review", "reply"],
                    reason__in=["insulting", "private", "untrue", "advertising", "other"],
                ),
                name="scheduling_report_known",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decision="", decision_reason="")
                | Q(
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decision__in=["dismissed", "hidden"],
                )
                & ~Q(decision_reason=""),
                name="scheduling_report_decided_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-made_at", "-id"], name="review_report_newest")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("rrp", self.pk)

    @property
    def state(self) -> str:
        """Where it stands: `open`, or how it was decided."""
        return self.decision or "open"
