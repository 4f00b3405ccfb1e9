"""A dialog of the back office: it shows what a press of the button does, and does that or nothing.

Asks for the permission on every method, before anything is looked up. What an offer would do
comes with a hash; the press brings it back, and the operation refuses where it is another by now.
Knows no operation: it calls what a subclass says, and writes no row, the audit entry included:
that belongs to the operation's own transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.generic import View
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from kernel.errors import Refusal

CONFLICT = 409
UNUSABLE = 422
LOOK = "look"  # the act that does nothing: it shows what the others would do by now


@dataclass(frozen=True, slots=True)
class Offer:
    """One button: its words name the amount; `seen` is the hash of `sections`, what it would do.

    `objection` says why it cannot be pressed now. `tone` is empty, secondary or no (destructive).
    """

    act: str
    label: str
    seen: str = ""
    sections: Sequence[Component] = ()
    objection: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in words, and where the person is taken."""

    said: str
    url: str


class DialogView(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """A page with facts, what each button would do, a form, and the buttons.

    Subclasses give `permission`, `find`, `facts`, `offers` and `carry_out`; and `form_class`
    where something is asked. Values that the preview depends on are read from the address too,
    so that a preview can be linked, reloaded and refreshed without a script.
    """

    template_name = "backoffice/dialog.html"
    permission: ClassVar[str]
    form_class: ClassVar[type[forms.Form]] = forms.Form
    parents: ClassVar[Sequence[Any]] = ()
    intro: ClassVar[str] = ""
    refreshes: ClassVar[bool] = False  # whether the form changes what the offers would do
    form: forms.Form
    error: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever lacks the permission, for every method, and say nothing of the row."""
        if not self.permitted(request.user):
            raise PermissionDenied
        self.error = ""
        self.find(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def permitted(self, user: Any) -> bool:
        return bool(user.has_perm(self.permission))

    def find(self, **kwargs: Any) -> None:
        """Look up what the dialog is about; Http404 where it is not there."""

    def facts(self) -> Sequence[tuple[str, object]]:
        """Return (label, value) pairs that say what the dialog is about."""
        return ()

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        """Return the buttons for what the form says; `given` has its usable values alone."""
        raise NotImplementedError

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:
        """Do it. Raises Refusal, with nothing done."""
        raise NotImplementedError

    def make_form(self, **kwargs: Any) -> forms.Form:
        """Return the form, unbound or bound; for one that has to know what it is about."""
        return self.form_class(**kwargs)

    def initial(self) -> Mapping[str, Any]:
        """Return what the form says at first."""
        return {}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *self.trail(), here]

    def trail(self) -> Sequence[dict[str, Any]]:
        """Return the screens above this one, as breadcrumbs."""
        return ()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        start = {**self.initial()}
        names = self.make_form().fields
        start |= {name: value for name, value in request.GET.items() if name in names}
        self.form = self.make_form(initial=start)
        return self._show(_usable(self.make_form(data=start)), status=200)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        self.form = self.make_form(data=request.POST, files=request.FILES)
        if request.POST.get("act") == LOOK:
            given = _usable(self.form)
            self.form = self.make_form(initial=request.POST.dict())
            return self._show(given, status=200)
        given = _usable(self.form)
        if not self.form.is_valid():
            return self._show(given, status=UNUSABLE)
        act = request.POST.get("act", "")
        try:
            done = self.carry_out(act, given, seen=request.POST.get(f"seen-{act}", ""))
        except Refusal as refusal:
            self.error = refusal.detail
            return self._show(given, status=CONFLICT)
        messages.success(request, done.said)
        return HttpResponseRedirect(done.url)

    def _show(self, given: Mapping[str, Any], *, status: int) -> HttpResponse:
        offers = self.offers(given)
        objections = dict.fromkeys(offer.objection for offer in offers if offer.objection)
        context = self.get_context_data(
            form=self.form,
            facts=self.facts(),
            offers=offers,
            sections=[section for offer in offers for section in offer.sections],
            objections=[said for said in objections if said != self.error],
            error=self.error,
            forgotten=self._forgotten(),
            intro=self.intro,
            refreshes=self.refreshes,
        )
        response: HttpResponse = self.render_to_response(context, status=status)
        return response

    def _forgotten(self) -> list[str]:
        """Return the fields whose file came with the press: no browser sends it a second time."""
        return [
            str(self.form[name].label) for name in self.request.FILES if name in self.form.fields
        ]


def _usable(form: forms.Form) -> dict[str, Any]:
    """Return what the form says as far as it can be used; a wrong field is left out."""
    form.is_valid()
    return {**form.cleaned_data}


class ReasonForm(forms.Form):
    """Asks why, in words that stay with what was done."""

    reason = forms.CharField(
        label="Why",
        help_text="It stays with the record, beside your name.",
        max_length=500,
        error_messages={"required": "Say why: it stays with the record."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
