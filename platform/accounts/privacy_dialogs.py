"""Dialogs about a person's data: have it written out, ask for an erasure, carry one out."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts import erasures, exports
from accounts.models import Erasure, User
from accounts.privacy_list import ERASURES, facts_of
from accounts.privacy_parts import in_the_way, what_becomes
from accounts.staff_proofs import ProvedDialog
from kernel import clock, personal
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.errors import Invalid, NotFound
from kernel.ids import BadPublicId, parse_public_id

ABOVE = {"label": "Erasures"}


class FindForm(forms.Form):
    """Asks whose data it is about."""

    person = forms.CharField(
        label="E-mail address or usr_…",
        help_text="As they sign in, or their reference.",
        max_length=254,
    )


class FindPersonView(DialogView):
    """Lead to the person whom a letter or a call names."""

    permission = erasures.ASK
    page_title = "Look after a person’s data"
    header_icon = "user"
    intro = "Make sure that it is the person who asks: answer to the address that they have here."
    form_class = FindForm

    def trail(self) -> Sequence[dict[str, Any]]:
        return [ABOVE | {"url": reverse("erasures:index")}]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("find", "Find the person")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        user = _named(given["person"].strip())
        return Done(f"This is {user.name}.", reverse("look_after_person", args=[user.pk]))


class ReasonOptional(forms.Form):
    reason = forms.CharField(
        label="How they asked",
        help_text="For an erasure: by letter, by telephone, and when. It is deleted with the rest.",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LookAfterPersonView(ProvedDialog):
    """Have a person's data written out for them, or ask that they be erased."""

    permission = erasures.ASK
    page_title = "A person’s data"
    header_icon = "user"
    intro = (
        "An export is fetched by its person alone, who gets a mail. An erasure is carried out by a "
        "colleague, never by whoever asked for it."
    )
    form_class = ReasonOptional
    person: User

    def find(self, **kwargs: Any) -> None:
        self.person = get_object_or_404(User, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.person.name

    def trail(self) -> Sequence[dict[str, Any]]:
        return [ABOVE | {"url": reverse("erasures:index")}]

    def facts(self) -> Sequence[tuple[str, object]]:
        export = exports.newest(user=self.person, now=clock.now())
        return [
            ("Name", self.person.name),
            ("E-mail", self.person.email),
            ("Account", self.person.public_id),
            ("Newest export", export.state if export else "none"),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        found = erasures.hindrances(user=self.person, now=clock.now())
        open_one = erasures.open_of(user=self.person)
        closed = "" if self.person.is_active else "The account is closed."
        stopped = any(one.block for one in found)
        return [
            Offer("export", "Have their data written out", objection=closed, tone="secondary"),
            Offer("withdraw", "Take the wish back", tone="secondary")
            if open_one
            else Offer(
                "erase",
                f"Ask to erase {self.person.name}",
                sections=[in_the_way(found), what_becomes(self.person)],
                objection="Something is open: see what to do first." if stopped else "",
                tone="no",
            ),
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        by, now = cast("User", self.request.user), clock.now()
        here = reverse("look_after_person", args=[self.person.pk])
        if act == "export":
            exports.start(user=self.person, by=by, now=now)
            return Done("It is being written. Its person gets a mail when it is ready.", here)
        if act == "withdraw":
            erasures.withdraw(user=self.person, by=by, now=now)
            return Done("The wish is taken back: the account stays.", here)
        if act != "erase":
            raise Invalid("Press one of the buttons.")
        if not given["reason"].strip():
            raise Invalid("Write how the person asked: a colleague decides by it.")
        asked = erasures.ask(user=self.person, by=by, reason=given["reason"], now=now)
        return Done(
            "It is asked for. A colleague looks at it and carries it out.",
            reverse("erasures:inspect", args=[asked.pk]),
        )


class CarryOutErasureView(ProvedDialog):
    """Show what becomes of everything, and do it: once, for good."""

    permission = erasures.CARRY_OUT
    page_title = "Carry out an erasure"
    header_icon = "bin"
    intro = "It cannot be undone. The ledger and its sums stay as they are."
    erasure: Erasure

    def find(self, **kwargs: Any) -> None:
        self.erasure = get_object_or_404(ERASURES, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.erasure.public_id

    def trail(self) -> Sequence[dict[str, Any]]:
        return [ABOVE | {"url": reverse("erasures:index")}]

    def facts(self) -> Sequence[tuple[str, object]]:
        return facts_of(self.erasure)

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        user = self.erasure.user
        found = erasures.hindrances(user=user, now=clock.now())
        over = "" if self.erasure.state == "open" else f"It is {self.erasure.state} already."
        own = self.request.user.pk in (self.erasure.requested_by_id, user.pk)
        asked = "You asked for it: a colleague carries it out." if own else ""
        stopped = any(one.block for one in found)
        return [
            Offer(
                "erase",
                f"Erase {user.name} for good",
                seen=_hash_of(user),
                sections=[] if over else [in_the_way(found), what_becomes(user)],
                objection=over
                or asked
                or ("Something is open: see what to do first." if stopped else ""),
                tone="no",
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act != "erase":
            raise Invalid("Press the button.")
        if seen != _hash_of(self.erasure.user):
            raise Invalid("Something has changed meanwhile: look again at what becomes of it.")
        by = cast("User", self.request.user)
        erasures.carry_out(erasure_id=self.erasure.pk, by=by, now=clock.now())
        return Done(
            "The person is erased. They were written to a last time.",
            reverse("erasures:inspect", args=[self.erasure.pk]),
        )


def _hash_of(user: User) -> str:
    counted = [(table.model, count) for table, count in personal.preview(user)]
    return hashlib.sha256(repr(counted).encode()).hexdigest()[:32]


def _named(text: str) -> User:
    """Return the person of an address or a reference. Raises NotFound."""
    try:
        found = User.objects.filter(pk=parse_public_id("usr", text.lower())).first()
    except BadPublicId:
        found = User.objects.with_email(text)
    if found is None:
        raise NotFound(f"There is nobody with {text!r}. Ask which address they sign in with.")
    return found
