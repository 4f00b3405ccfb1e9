"""The dialogs of the bank: keep an account, and bring a statement in, looked at before it is kept.

An uploaded file waits in the cache for an hour under a name that its person alone can use, so that
a mapping can be tried until it fits; nothing is kept before the button is pressed.
"""

import base64
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from django import forms
from django.core.cache import cache
from django.http import Http404
from django.urls import reverse

from accounts.models import User
from billing.backoffice.bank_overlap import alike_lines, ask, decision_of
from billing.backoffice.previews import postings_preview
from billing.ledger.preview import carry_out, rehearse
from billing.models import BankAccount
from billing.treasury import overlap, statements
from billing.treasury.formats import (
    MOST_BYTES,
    ParsedLine,
    Unreadable,
    guess,
    kind_of,
    preview,
)
from billing.treasury.formats import (
    Mapping as Columns,
)
from billing.treasury.formats.delimited import DATES, DELIMITERS, ENCODINGS, headings
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import money_html
from kernel.errors import Refusal
from kernel.ids import uuid7

BRING_IN = "billing.import_bankstatement"
HOUR = 3600
SHOWN = 8
_DAYS = {
    "%Y-%m-%d": "2027-03-31",
    "%d.%m.%Y": "31.03.2027",
    "%d/%m/%Y": "31/03/2027",
    "%m/%d/%Y": "03/31/2027",
    "%d.%m.%y": "31.03.27",
    "%Y%m%d": "20270331",
}
_SIGNS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
COLUMNS = ("date", "amount", "debit", "credit", "balance", "text", "reference", "counterparty")


class AccountForm(forms.Form):
    """What the platform has at its bank."""

    name = forms.CharField(max_length=80, help_text="What people call it, such as Main account.")
    number = forms.CharField(
        label="IBAN or number",
        max_length=40,
        required=False,
        help_text="Files that name another account are refused.",
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", max_length=3, initial="USD")
    since = forms.DateField(
        label="Statements from",
        help_text="What was to arrive before is not asked for.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if BankAccount.objects.filter(name=name).exists():
            raise forms.ValidationError("There is an account of this name already.")
        return name


class AddAccountView(DialogView):
    """Keep a bank account: from then on the bank says what has arrived."""

    permission = BRING_IN
    page_title = "Add a bank account"
    header_icon = "cf-card"
    form_class = AccountForm
    intro = (
        "From then on a payout in this currency has arrived when a line of the bank is it, and "
        "no longer because the gateway says so."
    )

    def initial(self) -> Mapping[str, Any]:
        return {"since": clock.now().date().replace(day=1).isoformat()}

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("bank-accounts:index"), "label": "Bank accounts"}]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("add", "Add the account")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        by = cast("User", self.request.user)
        account = statements.open_account(**given, by=by, now=clock.now())
        return Done(f"{account} is kept.", reverse("bank-accounts:inspect", args=[account.pk]))


class UploadForm(forms.Form):
    """Whose statement, and the file."""

    account = forms.ModelChoiceField(BankAccount.objects.order_by("name"))
    file = forms.FileField(
        help_text="CSV, CAMT.053 or MT940, up to 10 MB. You look at it before anything is kept.",
        allow_empty_file=False,
    )


class UploadView(DialogView):
    """The first step: choose the account and the file."""

    permission = BRING_IN
    page_title = "Bring a statement in"
    header_icon = "download"

    def make_form(self, **kwargs: Any) -> forms.Form:
        if self.request.method == "POST" and "data" in kwargs:
            kwargs["files"] = self.request.FILES
        return UploadForm(**kwargs)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("bank-statements:index"), "label": "Bank statements"}]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("read", "Read the file")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        file = given["file"]
        if file.size > MOST_BYTES:
            raise Unreadable(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
        data = file.read()
        kind_of(data)
        token = str(uuid7())
        kept = (str(given["account"].pk), file.name, base64.b64encode(data).decode())
        cache.set(_key(self.request.user, token), kept, HOUR)
        return Done(
            "The file is read. Nothing is kept yet.", reverse("look_statement", args=[token])
        )


def _key(user: Any, token: str) -> str:
    return f"bank-upload:{user.pk}:{token}"


class MappingForm(forms.Form):
    """Which column is what; its choices are the file's own columns."""

    def __init__(self, *args: Any, columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((name, name) for name in columns if name)]
        labels = {"date": "Day", "debit": "Money out", "credit": "Money in"}
        for name in COLUMNS:
            self.fields[name] = forms.ChoiceField(
                label=labels.get(name, name.capitalize()), choices=choices, required=False
            )
        self.fields["date_format"] = forms.ChoiceField(
            label="A day looks like", choices=[(form, _DAYS[form]) for form in DATES]
        )
        self.fields["decimal"] = forms.ChoiceField(
            label="Decimals after a", choices=[(".", "point"), (",", "comma")]
        )
        self.fields["delimiter"] = forms.ChoiceField(
            label="Columns are divided by a", choices=[(sign, _SIGNS[sign]) for sign in DELIMITERS]
        )
        self.fields["encoding"] = forms.ChoiceField(choices=[(name, name) for name in ENCODINGS])
        self.fields["skip"] = forms.IntegerField(
            label="Lines before the headings", min_value=0, max_value=100
        )
        self.fields["reverse_sign"] = forms.BooleanField(
            label="Money out is positive", required=False
        )


class LookView(DialogView):
    """The second step: what the file holds, by the mapping; and the button that keeps it."""

    permission = BRING_IN
    page_title = "Look at the statement"
    header_icon = "view"
    refreshes = True
    account: BankAccount
    filename: str
    data: bytes

    def find(self, **kwargs: Any) -> None:
        kept = cache.get(_key(self.request.user, str(kwargs["token"])))
        if kept is None:
            raise Http404("The upload is not there any more. Choose the file again.")
        account_id, self.filename, data = kept
        self.account = BankAccount.objects.get(pk=account_id)
        self.data = base64.b64decode(data)
        self.kind = kind_of(self.data)

    def get_page_subtitle(self) -> str:
        return self.filename

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("bank-statements:index"), "label": "Bank statements"},
            {"url": reverse("bring_in_statement"), "label": UploadView.page_title},
        ]

    def make_form(self, **kwargs: Any) -> forms.Form:
        mapping = None
        form = forms.Form(**kwargs)
        if self.kind == "csv":
            given = kwargs.get("data") or kwargs.get("initial") or {}
            asked = {**self.first().as_json(), **{name: given[name] for name in given}}
            columns = self._headings(asked)
            form = MappingForm(columns=columns, **kwargs)
            tried = MappingForm(columns=columns, data=kwargs.get("data") or asked)
            tried.is_valid()
            mapping = self._columns(tried.cleaned_data)
        compared = self._compared(mapping)
        if compared is not None:
            ask(form, compared)
        return form

    def _headings(self, asked: Mapping[str, Any]) -> list[str]:
        try:
            return headings(self.data, Columns.of(_plain(asked)))
        except Unreadable:
            return []

    def _compared(self, mapping: Columns | None) -> overlap.Compared | None:
        """Return the file beside what is kept; None where the file cannot be read so."""
        try:
            parsed = statements.read(data=self.data, account=self.account, mapping=mapping)
        except Refusal:
            return None  # the offer says what is wrong with it
        return overlap.compare(parsed, account=self.account)

    def first(self) -> Columns:
        """Return the account's own mapping where it fits the file, else a guess."""
        if self.account.mapping:
            known = Columns.of(self.account.mapping)
            try:
                preview(self.data, known, currency=self.account.currency, rows=1)
            except Unreadable:
                pass
            else:
                return known
        return guess(self.data)

    def initial(self) -> Mapping[str, Any]:
        return self.first().as_json() if self.kind == "csv" else {}

    def facts(self) -> Sequence[tuple[str, object]]:
        return [("Account", str(self.account)), ("File", self.filename), ("Form", self.kind)]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        sections: list[Any] = []
        columns = None
        try:
            columns = self._columns(given)
            if columns is not None:
                sections.append(_first_rows(self.data, columns, self.account))
            seen = rehearse(partial(self._bring_in, columns, given), resting_on=_kept)
        except Refusal as refusal:
            compared = self._compared(columns)
            sections += [alike_lines(compared)] if compared and compared.alike else []
            return [Offer("keep", "Keep", sections=sections, objection=refusal.detail)]
        brought = seen.result
        if columns is None:
            parsed = statements.read(data=self.data, account=self.account)
            sections.append(_lines(parsed.lines))
        if brought.compared.alike:
            sections.append(alike_lines(brought.compared))
        if brought.statement.errors:
            sections.append(_errors(brought.statement.errors))
        if seen.movements:
            sections.append(postings_preview(seen.movements))
        label = f"Keep {brought.new} new line{'' if brought.new == 1 else 's'}"
        return [Offer("keep", label, seen=seen.content_hash, sections=sections)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        operation = partial(self._bring_in, self._columns(given), given)
        brought = carry_out(operation, expecting=seen, resting_on=_kept)
        bad = len(brought.statement.errors)
        said = (
            f"{brought.new} new lines, {brought.known} known before, {brought.matched} matched "
            f"with a payout" + (f"; {bad} rows could not be read." if bad else ".")
        )
        home = reverse("bank-statements:inspect", args=[brought.statement.pk])
        return Done(said, home)

    def _columns(self, given: Mapping[str, Any]) -> Columns | None:
        if self.kind != "csv":
            return None
        return Columns.of({**self.first().as_json(), **given}) if given else self.first()

    def _bring_in(self, columns: Columns | None, given: Mapping[str, Any]) -> statements.Brought:
        return statements.bring_in(
            account_id=self.account.pk,
            filename=self.filename,
            data=self.data,
            by=cast("User", self.request.user),
            now=clock.now(),
            mapping=columns,
            decision=decision_of(given),
            despite=bool(given.get("despite")),
        )


def _kept(brought: statements.Brought) -> dict[str, Any]:
    """Return what a press rests on: how much of the file is new, and how much was known."""
    return {"new": brought.new, "known": brought.known}


def _plain(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form's raw values as a mapping's: the number of lines as a number."""
    skip = str(asked.get("skip") or "0")
    return {**asked, "skip": int(skip) if skip.isdecimal() and len(skip) < 4 else 0}


def _first_rows(data: bytes, columns: Columns, account: BankAccount) -> Lines:
    heading, rows = preview(data, columns, currency=account.currency, rows=SHOWN)
    return Lines(
        title="The first rows, and what is made of them",
        headings=[*heading, "Day", "Amount"],
        rows=[[*cells, *[""] * (len(heading) - len(cells)), *_made(made)] for cells, made in rows],
        right=(len(heading) + 1,),
    )


def _made(made: ParsedLine | str) -> tuple[object, object]:
    if isinstance(made, str):
        return made, "–"
    return made.booked_on.isoformat(), money_html(made.amount_minor, made.currency)


def _lines(lines: Sequence[ParsedLine]) -> Lines:
    return Lines(
        title=f"The first of {len(lines)} lines",
        headings=["Day", "Text", "Reference", "Amount"],
        rows=[
            (
                line.booked_on.isoformat(),
                line.text,
                line.reference,
                money_html(line.amount_minor, line.currency),
            )
            for line in lines[:SHOWN]
        ],
        right=(3,),
    )


def _errors(errors: Sequence[Mapping[str, Any]]) -> Lines:
    return Lines(
        title=f"{len(errors)} rows cannot be read and are left out",
        headings=["Row", "What is wrong"],
        rows=[(each["row"], each["problem"]) for each in errors[:50]],
    )
