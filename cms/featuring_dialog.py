"""The dialog that features a mentor, and ends it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mentor, User
from cms import featuring
from cms.models import Featuring
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import instant_html

USUALLY = timedelta(days=14)


class FeatureForm(forms.Form):
    """Asks where in the order, and until when."""

    place = forms.IntegerField(
        label="Place",
        min_value=1,
        max_value=featuring.LAST_PLACE,
        help_text="1 stands first; of the same place who was featured first.",
    )
    until = forms.DateField(
        label="Through",
        help_text="The last day, in your time zone.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class FeatureView(DialogView):
    """Feature a mentor where pages show mentors and nobody was chosen; or end it."""

    permission = featuring.FEATURE
    page_title = "Feature a mentor"
    header_icon = "pick"
    form_class = FeatureForm
    intro = "Featured mentors stand first wherever a page shows mentors that nobody chose."
    mentor: Mentor
    row: Featuring | None

    def find(self, **kwargs: Any) -> None:
        self.mentor = get_object_or_404(Mentor.objects.select_related("user"), pk=kwargs["pk"])
        self.row = Featuring.objects.select_related("by").filter(mentor=self.mentor).first()

    def get_page_subtitle(self) -> str:
        return str(self.mentor)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("mentor-list:index"), "label": "Mentors"},
            {"url": self.back, "label": str(self.mentor)},
        ]

    def initial(self) -> Mapping[str, Any]:
        until = self.row.until if self.row else clock.now() + USUALLY
        day = timezone.localtime(until - timedelta(seconds=1)).date()
        return {"place": self.row.place if self.row else 1, "until": day.isoformat()}

    def facts(self) -> Sequence[tuple[str, object]]:
        facts: list[tuple[str, object]] = [("Mentor", str(self.mentor))]
        if self.row is None:
            return [*facts, ("Featured", "Never, or not any more")]
        ended = self.row.until <= clock.now()
        return [
            *facts,
            ("Featured" if not ended else "Was featured", f"Place {self.row.place}"),
            ("Until", instant_html(self.row.until)),
            ("By", self.row.by.name),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        no = "" if self.mentor.is_live else "Only live mentors are featured."
        offers = [Offer("feature", "Feature" if self.row is None else "Change", objection=no)]
        if self.row is not None:
            offers.append(Offer("unfeature", "Feature no more", tone="no"))
        return offers

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        by = cast("User", self.request.user)
        if act == "unfeature":
            featuring.unfeature(mentor_id=self.mentor.pk, by=by)
            return Done(f"{self.mentor} is featured no more.", self.back)
        midnight = datetime.combine(given["until"] + timedelta(days=1), time.min)
        featuring.feature(
            mentor_id=self.mentor.pk,
            place=given["place"],
            until=timezone.make_aware(midnight),
            by=by,
            now=clock.now(),
        )
        return Done(f"{self.mentor} is featured, place {given['place']}.", self.back)

    @property
    def back(self) -> str:
        return reverse("mentor-list:inspect", args=[self.mentor.pk])


def lead(mentor: Mentor, user: Any) -> Sequence[tuple[str, str]]:
    """Lead from a live mentor to the dialog, for those who may."""
    if not mentor.is_live or not user.has_perm(featuring.FEATURE):
        return []
    return [("Feature", reverse("feature_mentor", args=[mentor.pk]))]
