"""The directory's search form: what a visitor types, turned into `Filters`."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django import forms
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.filtering import RATINGS, Filters, Sort
from kernel.money import exponent

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
SORTS = {
    Sort.RELEVANCE: _("Best match"),
    Sort.SOONEST: _("Soonest free"),
    Sort.PRICE: _("Lowest price"),
    Sort.RATING: _("Best rated"),
}


def at_least(stars: float) -> str:
    """Write a least number of stars: `4.5 and up`."""
    number = number_format(f"{stars:g}")
    return gettext("%(stars)s and up") % {"stars": number}


class DirectoryForm(forms.Form):
    """All fields are optional. Prices are whole units of the currency, the day is a UTC day."""

    q = forms.CharField(label=_("Name or subject"), required=False, max_length=120)
    location = forms.CharField(label=_("Location"), required=False, max_length=80)
    language = forms.CharField(label=_("Language"), required=False, max_length=35)
    duration = forms.TypedChoiceField(
        label=_("Length"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any")), (30, "30 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30 min")],
    )
    price_max = forms.DecimalField(
        label=_("Price up to"), required=False, min_value=0, max_value=1_000_000, decimal_places=2
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=[("", _("Any")), ("USD", "USD"), ("EUR", "EUR"), ("GBP", "GBP")],
    )
    rating = forms.TypedChoiceField(
        label=_("Rating"),
        required=False,
        coerce=float,
        empty_value=None,
        choices=[
            ("", _("Any")),
            *((f"{stars:g}", lazy(at_least, str)(stars)) for stars in RATINGS),
        ],
    )
    day = forms.DateField(
        label=_("Free on (UTC)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[(sort.value, words) for sort, words in SORTS.items()],
    )

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\x00", "")

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("Choose a day of this century."))
        return day

    def filters(self) -> Filters:
        """Return what was asked; a field with an error asks for nothing."""
        if not self.is_bound:
            return Filters()
        self.is_valid()
        data = self.cleaned_data
        free_from, free_to = _day(data.get("day"))
        currency = data.get("currency", "")
        return Filters(
            q=data.get("q", ""),
            location=data.get("location", ""),
            language=data.get("language", "").lower(),
            duration=data.get("duration"),
            price_max=_minor(data.get("price_max"), currency or "USD"),
            currency=currency,
            rating_min=data.get("rating"),
            free_from=free_from,
            free_to=free_to,
            sort=Sort(data.get("sort") or Sort.RELEVANCE),
        )


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else int(amount.scaleb(exponent(currency)))


def _day(day: date | None) -> tuple[datetime | None, datetime | None]:
    if day is None:
        return None, None
    start = datetime.combine(day, time(), tzinfo=UTC)
    return start, start + timedelta(days=1)
