"""What a person decides on lines of a statement that are like kept ones, as fields of a form.

Asked only where there are any, or where the balances do not meet; the operation refuses a file
that wants a decision and has none.
"""

from collections.abc import Mapping
from typing import Any

from django import forms

from billing.treasury.overlap import Compared, Decision
from kernel.backoffice.components import Lines
from kernel.display import money_html, money_text

MOST = 60
KNOWN, NEW = "known", "new"
_BUT = "but-"


def ask(form: forms.Form, compared: Compared) -> None:
    """Add the fields that a person decides with, where something is to be decided."""
    if compared.alike:
        told = compared.told
        answer = "" if told is None else KNOWN if told == compared.fresh else NEW
        form.fields["alike"] = forms.ChoiceField(
            label=f"{len(compared.alike)} lines are like kept ones",
            help_text="The balances say so." if answer else "The balances do not tell: look below.",
            choices=[(KNOWN, "They are the same: leave them out"), (NEW, "Others: keep them too")],
            initial=answer,
            required=not answer,
            error_messages={"required": "Say whether they are the same lines."},
            widget=forms.RadioSelect,
        )
        for each in compared.alike[:MOST]:
            amount = money_text(each.line.amount_minor, each.line.currency)
            form.fields[f"{_BUT}{each.place}"] = forms.BooleanField(
                label=f"But not {each.line.booked_on}, {amount}, {each.line.text}"[:120],
                required=False,
            )
    if compared.checked and (compared.told is None or not compared.meets(compared.told)):
        form.fields["despite"] = forms.BooleanField(
            label="Keep it although the balances do not meet", required=False
        )


def decision_of(given: Mapping[str, Any]) -> Decision | None:
    """Return what the form decides; None where it decides nothing."""
    if not given.get("alike"):
        return None
    but = [name.removeprefix(_BUT) for name in given if name.startswith(_BUT) and given[name]]
    return Decision(new=given["alike"] == NEW, but=frozenset(map(int, but)))


def alike_lines(compared: Compared) -> Lines:
    """Show the lines beside the kept ones that they are like."""
    return Lines(
        title="Like lines that are kept",
        headings=["Day", "The file says", "Kept as", "From", "Amount"],
        rows=[
            (
                each.line.booked_on.isoformat(),
                each.line.text,
                "word for word" if each.exactly else each.kept.text,
                each.kept.statement.filename,
                money_html(each.line.amount_minor, each.line.currency),
            )
            for each in compared.alike[:MOST]
        ],
        right=(4,),
    )
