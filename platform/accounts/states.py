"""The life of an application to be a mentor, as one table. Pure.

The database trigger, `docs/states.md` and the tests are made from this table.
"""

from enum import StrEnum

from kernel.transitions import Edge, Machine


class ApplicationState(StrEnum):
    """Where an application stands; the values are what the API shows."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_VETTING = "in_vetting"
    CHANGES_ASKED = "changes_asked"
    VETTED = "vetted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ApplicationEvent(StrEnum):
    """What may happen to an application."""

    SUBMIT = "submit"
    BEGIN = "begin"
    ASK = "ask"
    VET = "vet"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Check(StrEnum):
    """What is looked at of every applicant, in this order."""

    IDENTITY = "identity"
    PAYOUT_ACCOUNT = "payout_account"
    REFERENCES = "references"
    PHOTO = "photo"
    PRICES = "prices"


_S, _E = ApplicationState, ApplicationEvent
# Whose turn it is: the curators', or the applicant's.
TO_LOOK_AT = (_S.SUBMITTED, _S.IN_VETTING, _S.VETTED)
OPEN = (_S.DRAFT, *TO_LOOK_AT, _S.CHANGES_ASKED)

APPLICATION: Machine[ApplicationState, ApplicationEvent] = Machine(
    "application",
    initial=[_S.DRAFT],
    edges=[
        Edge(_S.DRAFT, _E.SUBMIT, _S.SUBMITTED, "the applicant"),
        Edge(_S.CHANGES_ASKED, _E.SUBMIT, _S.SUBMITTED, "the applicant answers"),
        Edge(_S.SUBMITTED, _E.BEGIN, _S.IN_VETTING, "a curator ticks the first point"),
        Edge(_S.IN_VETTING, _E.VET, _S.VETTED, "the first curator: every point is ticked"),
        Edge(_S.VETTED, _E.ACCEPT, _S.ACCEPTED, "another curator: the profile is published"),
        *(Edge(state, _E.ASK, _S.CHANGES_ASKED, "a curator") for state in TO_LOOK_AT),
        *(
            Edge(state, _E.REFUSE, _S.REFUSED, "a curator, with the reason")
            for state in (*TO_LOOK_AT, _S.CHANGES_ASKED)
        ),
        *(Edge(state, _E.WITHDRAW, _S.WITHDRAWN, "the applicant") for state in OPEN),
    ],
)
