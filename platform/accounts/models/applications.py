"""An application to be a mentor, what was looked at, and what happened to it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models.people import Mentor, User
from accounts.states import OPEN, ApplicationState, Check
from kernel.ids import public_id, uuid7

WORDS_LENGTH = 2000


class Application(models.Model):
    """One try to become a mentor; one is open at a time.

    `state_since` is since when it is as it is. Who vetted first is forgotten when it goes back to
    the applicant; the second is another person (a trigger, for whoever types SQL).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(
        max_length=13,
        choices=[(state.value, state.value.replace("_", " ")) for state in ApplicationState],
        default=ApplicationState.DRAFT.value,
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    state_since = models.DateTimeField()
    first_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        permissions: ClassVar = [("vet_application", "Can vet applications of mentors")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mentor"],
                condition=Q(state__in=[state.value for state in OPEN]),
                name="accounts_application_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="withdrawn") | Q(submitted_at__isnull=False),
                name="accounts_application_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["vetted", "accepted"], first_by__isnull=False)
                | Q(state__in=["refused", "withdrawn"])
                | Q(
                    state__in=["draft", "submitted", "in_vetting", "changes_asked"],
                    first_by__isnull=True,
                ),
                name="accounts_application_first",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", second_by__isnull=False)
                | (~Q(state="accepted") & Q(second_by__isnull=True)),
                name="accounts_application_second",
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True)
                | (Q(first_by__isnull=False) & ~Q(second_by=F("first_by"))),
                name="accounts_application_four_eyes",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state_since", "id"], name="application_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"

    @property
    def public_id(self) -> str:
        return public_id("app", self.pk)


class ApplicationTick(models.Model):
    """One point of the checklist, ticked or unticked, and what that rests on. History."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="ticks")
    check_of = models.CharField(
        max_length=14, choices=[(each.value, each.value.replace("_", " ")) for each in Check]
    )
    done = models.BooleanField()
    evidence = models.CharField(max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(check_of__in=[each.value for each in Check]),
                name="accounts_applicationtick_known",
            ),
            models.CheckConstraint(
                condition=~Q(evidence=""), name="accounts_applicationtick_says_something"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["application", "check_of", "id"], name="tick_of_application"),
        ]

    def __str__(self) -> str:
        return f"{self.check_of}: {self.done}"


class ApplicationStep(models.Model):
    """What happened: a step of the machine, or a comment (no `event`). History.

    `comment` is shown to the applicant where `for_applicant` says so, else to the curators alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="steps")
    event = models.CharField(max_length=10, blank=True, default="")
    to_state = models.CharField(max_length=13)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    comment = models.CharField(max_length=WORDS_LENGTH, blank=True, default="")
    for_applicant = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(event="", comment=""), name="accounts_applicationstep_says_something"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["application", "id"], name="step_of_application"),
        ]

    def __str__(self) -> str:
        return f"{self.event or 'comment'} → {self.to_state}"
