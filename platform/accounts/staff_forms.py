"""Forms of the back office on people: one name, a canonical address, a zone that exists."""

import zoneinfo
from typing import ClassVar

from django import forms
from wagtail.users.forms import UserCreationForm as BaseCreationForm
from wagtail.users.forms import UserEditForm as BaseEditForm

from accounts import credentials
from accounts.models import User
from kernel.errors import Invalid


def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(zoneinfo.available_timezones())]


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a staff person changes of themselves."""

    time_zone = forms.ChoiceField(choices=_zones)

    class Meta:
        model = User
        fields = ("name", "time_zone")


class _PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    first_name = None
    last_name = None
    time_zone = forms.ChoiceField(choices=_zones, initial="UTC")

    def clean_email(self) -> str:
        try:
            email = credentials.normalised(self.cleaned_data["email"])
        except Invalid as refusal:
            raise forms.ValidationError(refusal.detail) from None
        taken = User.objects.with_email(email)
        if taken is not None and taken.pk != self.instance.pk:
            raise forms.ValidationError("There is a person with this address already.")
        return email


class UserCreationForm(_PersonForm, BaseCreationForm):  # type: ignore[misc]
    """Add a staff person. The address is proven at their first sign-in."""

    class Meta:
        model = User
        fields = ("email", "name", "time_zone", "is_superuser", "groups")
        widgets: ClassVar = {"groups": forms.CheckboxSelectMultiple}


class UserEditForm(_PersonForm, BaseEditForm):  # type: ignore[misc]
    """Change a person; to deactivate ends every sign-in of theirs."""

    class Meta:
        model = User
        fields = ("email", "name", "time_zone", "is_active", "is_superuser", "groups")
        widgets: ClassVar = {"groups": forms.CheckboxSelectMultiple}
