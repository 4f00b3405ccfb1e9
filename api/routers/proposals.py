"""Another time for a session over HTTP: propose it, list what was proposed, answer it."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from accounts.models import User
from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, parse_id, session_of
from api.permissions import allowed
from api.principal import user_of
from api.schemas.base import problems
from api.schemas.proposals import AcceptRequest, ProposalList, ProposalOut, ProposalRequest
from api.schemas.sessions import SessionOut
from billing.queries import payment_for_session
from kernel import clock, idempotency
from kernel.errors import Forbidden
from kernel.idempotency import Attempt
from scheduling import proposals
from scheduling.models import Proposal, Session
from scheduling.states import Side

router = Router(tags=["sessions"])

SessionId = Annotated[PublicId, Path(..., alias="session_id")]
ProposalId = Annotated[PublicId, Path(..., alias="proposal_id")]


@router.get(
    "/{session_id}/proposals",
    operation_id="sessions_proposals_list",
    auth=allowed("sessions_proposals_list"),
    response={200: ProposalList, **problems(404, 422)},
    summary="List the other times that were proposed",
)
def sessions_proposals_list(request: HttpRequest, session_id: SessionId) -> ProposalList:
    """The newest first; the first one is open, or none is."""
    session = session_of(user_of(request), session_id)
    rows = Proposal.objects.filter(session=session).select_related("session").order_by("-id")
    now = clock.now()
    return ProposalList(items=[ProposalOut.of(row, now=now) for row in rows])


@router.post(
    "/{session_id}/proposals",
    operation_id="sessions_proposals_make",
    auth=allowed("sessions_proposals_make"),
    response={201: ProposalOut, **problems(400, 403, 404, 409, 422)},
    summary="Propose another time",
)
def sessions_proposals_make(
    request: HttpRequest, session_id: SessionId, body: ProposalRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """One to three starts; the session stays where it is until the other one accepts one."""
    person = user_of(request)

    def act(attempt: Attempt) -> ProposalOut:
        session = session_of(person, session_id)
        if "proposal" not in attempt.recovery:
            proposals.propose(
                session_id=session.pk,
                side=_side(session, person),
                starts=body.starts_at,
                message=body.message,
                now=clock.now(),
                within=lambda made: idempotency.reach(attempt, proposal=made.public_id),
            )
        return _shown(session, attempt.recovery["proposal"])

    return once(request, key, body, act)


@router.post(
    "/{session_id}/proposals/{proposal_id}/accept",
    operation_id="sessions_proposals_accept",
    auth=allowed("sessions_proposals_accept"),
    response={200: SessionOut, **problems(400, 403, 404, 409, 422)},
    summary="Accept a proposed time",
)
def sessions_proposals_accept(
    request: HttpRequest,
    session_id: SessionId,
    proposal_id: ProposalId,
    body: AcceptRequest,
    key: IdempotencyKey = None,
) -> HttpResponse:
    """The session moves there if it is still free; 409 `slot_taken` names three free times."""
    person = user_of(request)

    def act(attempt: Attempt) -> SessionOut:
        session = session_of(person, session_id)
        if "moved" not in attempt.recovery:
            proposals.accept(
                proposal_id=parse_id("prp", proposal_id, "proposal"),
                session_id=session.pk,
                side=_side(session, person),
                start=body.starts_at,
                actor=person.public_id,
                now=clock.now(),
                within=lambda moved: idempotency.reach(attempt, moved=moved.sequence),
            )
        moved = session_of(person, session_id)
        return SessionOut.of(moved, person, payment=payment_for_session(session=moved))

    return once(request, key, body, act, status=200)


@router.post(
    "/{session_id}/proposals/{proposal_id}/decline",
    operation_id="sessions_proposals_decline",
    auth=allowed("sessions_proposals_decline"),
    response={200: ProposalOut, **problems(403, 404, 409, 422)},
    summary="Decline a proposal",
)
def sessions_proposals_decline(
    request: HttpRequest, session_id: SessionId, proposal_id: ProposalId
) -> ProposalOut:
    """The other one's; the session stays where it is, and they are told."""
    session = session_of(user_of(request), session_id)
    declined = proposals.decline(
        proposal_id=parse_id("prp", proposal_id, "proposal"),
        session_id=session.pk,
        side=_side(session, user_of(request)),
        now=clock.now(),
    )
    return _shown(session, declined.public_id)


@router.post(
    "/{session_id}/proposals/{proposal_id}/withdraw",
    operation_id="sessions_proposals_withdraw",
    auth=allowed("sessions_proposals_withdraw"),
    response={200: ProposalOut, **problems(403, 404, 409, 422)},
    summary="Take a proposal back",
)
def sessions_proposals_withdraw(
    request: HttpRequest, session_id: SessionId, proposal_id: ProposalId
) -> ProposalOut:
    """The own one, while it is open."""
    session = session_of(user_of(request), session_id)
    withdrawn = proposals.withdraw(
        proposal_id=parse_id("prp", proposal_id, "proposal"),
        session_id=session.pk,
        side=_side(session, user_of(request)),
        now=clock.now(),
    )
    return _shown(session, withdrawn.public_id)


def _shown(session: Session, text: str) -> ProposalOut:
    rows = Proposal.objects.filter(session=session).select_related("session")
    return ProposalOut.of(rows.get(pk=parse_id("prp", text, "proposal")), now=clock.now())


def _side(session: Session, person: User) -> Side:
    if session.client.user_id == person.pk:
        return Side.CLIENT
    if session.mentor.user_id == person.pk:
        return Side.MENTOR
    raise Forbidden("Only the client and the mentor of a session agree on its time.")
