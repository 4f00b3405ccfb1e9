"""The state machines of money: payments, refunds, disputes, payouts, what gateways send. Pure.

A gateway is the witness of what happened to money, so a payment that we called failed or
cancelled still becomes succeeded when the gateway says that it holds the money.
"""

from enum import StrEnum

from kernel.transitions import Edge, Machine


class PaymentState(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PaymentEvent(StrEnum):
    PROCESS = "process"
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"


class RefundState(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundEvent(StrEnum):
    PROCESS = "process"
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"


class DisputeState(StrEnum):
    """Where a dispute stands. An inquiry asks before it takes money, and may become a dispute."""

    INQUIRY_NEEDS_RESPONSE = "inquiry_needs_response"
    INQUIRY_UNDER_REVIEW = "inquiry_under_review"
    INQUIRY_CLOSED = "inquiry_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


class DisputeEvent(StrEnum):
    ANSWER_INQUIRY = "answer_inquiry"
    CLOSE_INQUIRY = "close_inquiry"
    CHARGE_BACK = "charge_back"
    ANSWER = "answer"
    WIN = "win"
    LOSE = "lose"


class GatewayEventState(StrEnum):
    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
    IGNORED = "ignored"


class GatewayEventEvent(StrEnum):
    FINISH = "finish"
    FAIL = "fail"
    IGNORE = "ignore"


# Payments of these codes wait for a person (finance, or the reconciler); the sweep leaves them.
AMOUNT_MISMATCH = "amount_mismatch"
SECOND_CAPTURE = "second_capture"
CREDIT_GONE = "credit_gone"  # the credit that paid beside was returned, and spent elsewhere
FLAGS = (AMOUNT_MISMATCH, SECOND_CAPTURE, CREDIT_GONE)
# A payment that may still take the client's money; one at a time per purchase.
LIVE_PAYMENT_STATES = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.SUCCEEDED)
# A refund whose money is promised (2300) but not yet gone.
PENDING_REFUND_STATES = (RefundState.CREATED, RefundState.PENDING)
# A refund that counts: its parts are taken out of the split.
LIVE_REFUND_STATES = (*PENDING_REFUND_STATES, RefundState.SUCCEEDED)
# A dispute that the bank has not decided yet.
OPEN_DISPUTE_STATES = (
    DisputeState.INQUIRY_NEEDS_RESPONSE,
    DisputeState.INQUIRY_UNDER_REVIEW,
    DisputeState.NEEDS_RESPONSE,
    DisputeState.UNDER_REVIEW,
)

_P, _PE = PaymentState, PaymentEvent
PAYMENT = Machine[PaymentState, PaymentEvent](
    "payment",
    initial=[_P.CREATED],
    edges=[
        Edge(_P.CREATED, _PE.PROCESS, _P.PENDING, "the gateway knows the intent"),
        Edge(_P.CREATED, _PE.SUCCEED, _P.SUCCEEDED, "settle saw the money before our own answer"),
        Edge(_P.CREATED, _PE.FAIL, _P.FAILED, "the gateway refused the intent or the card"),
        Edge(_P.CREATED, _PE.CANCEL, _P.CANCELLED, "the session ended before an intent was made"),
        Edge(_P.PENDING, _PE.SUCCEED, _P.SUCCEEDED, "the gateway holds the money"),
        Edge(_P.PENDING, _PE.FAIL, _P.FAILED, "the card was refused for good"),
        Edge(_P.PENDING, _PE.CANCEL, _P.CANCELLED, "the intent was cancelled, here or there"),
        Edge(_P.FAILED, _PE.PROCESS, _P.PENDING, "the client tries again on the same intent"),
        Edge(_P.FAILED, _PE.SUCCEED, _P.SUCCEEDED, "the gateway holds the money after all"),
        Edge(_P.FAILED, _PE.CANCEL, _P.CANCELLED, "the intent was cancelled afterwards"),
        Edge(_P.CANCELLED, _PE.SUCCEED, _P.SUCCEEDED, "the gateway holds the money after all"),
    ],
)

_R, _RE = RefundState, RefundEvent
REFUND = Machine[RefundState, RefundEvent](
    "refund",
    initial=[_R.CREATED],
    edges=[
        Edge(_R.CREATED, _RE.PROCESS, _R.PENDING, "the gateway took the order"),
        Edge(_R.CREATED, _RE.SUCCEED, _R.SUCCEEDED, "the gateway paid it at once"),
        Edge(_R.CREATED, _RE.FAIL, _R.FAILED, "the gateway refused it"),
        Edge(_R.CREATED, _RE.CANCEL, _R.CANCELLED, "it was cancelled at the gateway"),
        Edge(_R.PENDING, _RE.SUCCEED, _R.SUCCEEDED, "the money is on its way to the client"),
        Edge(_R.PENDING, _RE.FAIL, _R.FAILED, "the client's bank refused it"),
        Edge(_R.PENDING, _RE.CANCEL, _R.CANCELLED, "it was cancelled at the gateway"),
        Edge(_R.SUCCEEDED, _RE.FAIL, _R.FAILED, "the client's bank sent it back later"),
    ],
)

_D, _DE = DisputeState, DisputeEvent
# We look at a dispute when we look, so any later state may be the first that we see, or the next.
# A lost one may still be won (the bank thinks again); nothing moves back to a question.
DISPUTE = Machine[DisputeState, DisputeEvent](
    "dispute",
    initial=list(_D),
    edges=[
        Edge(
            _D.INQUIRY_NEEDS_RESPONSE,
            _DE.ANSWER_INQUIRY,
            _D.INQUIRY_UNDER_REVIEW,
            "we answered the bank's question",
        ),
        *(
            Edge(state, _DE.CLOSE_INQUIRY, _D.INQUIRY_CLOSED, "the bank took no money")
            for state in (_D.INQUIRY_NEEDS_RESPONSE, _D.INQUIRY_UNDER_REVIEW)
        ),
        *(
            Edge(state, _DE.CHARGE_BACK, _D.NEEDS_RESPONSE, "the inquiry became a dispute")
            for state in (
                _D.INQUIRY_NEEDS_RESPONSE,
                _D.INQUIRY_UNDER_REVIEW,
                _D.INQUIRY_CLOSED,
            )
        ),
        *(
            Edge(state, event, target, note)
            for event, target, note in (
                (_DE.ANSWER, _D.UNDER_REVIEW, "the evidence is with the bank"),
                (_DE.WIN, _D.WON, "the bank decided for us: the money comes back"),
                (_DE.LOSE, _D.LOST, "the bank decided for the client, or we gave in"),
            )
            for state in (
                _D.INQUIRY_NEEDS_RESPONSE,
                _D.INQUIRY_UNDER_REVIEW,
                _D.INQUIRY_CLOSED,
                _D.NEEDS_RESPONSE,
            )
        ),
        Edge(_D.UNDER_REVIEW, _DE.WIN, _D.WON, "the bank decided for us: the money comes back"),
        Edge(_D.UNDER_REVIEW, _DE.LOSE, _D.LOST, "the bank decided for the client, or we gave in"),
        Edge(_D.LOST, _DE.WIN, _D.WON, "the bank thought again and gave the money back"),
    ],
)

_G, _GE = GatewayEventState, GatewayEventEvent
GATEWAY_EVENT = Machine[GatewayEventState, GatewayEventEvent](
    "gateway event",
    initial=[_G.RECEIVED],
    edges=[
        Edge(_G.RECEIVED, _GE.FINISH, _G.DONE, "settle applied what the object says now"),
        Edge(_G.RECEIVED, _GE.FAIL, _G.FAILED, "every attempt failed; a person looks at it"),
        Edge(_G.RECEIVED, _GE.IGNORE, _G.IGNORED, "the object is not ours, or of no concern"),
        Edge(_G.FAILED, _GE.FINISH, _G.DONE, "a replay succeeded"),
        Edge(_G.FAILED, _GE.IGNORE, _G.IGNORED, "a replay found that it is not ours"),
    ],
)


class PayoutAccountState(StrEnum):
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    CLOSED = "closed"


class PayoutAccountEvent(StrEnum):
    ACTIVATE = "activate"
    RESTRICT = "restrict"
    CLOSE = "close"


class PayoutRunState(StrEnum):
    DRAFT = "draft"
    FROZEN = "frozen"
    APPROVED = "approved"
    SENDING = "sending"
    DONE = "done"
    DISCARDED = "discarded"


class PayoutRunEvent(StrEnum):
    FREEZE = "freeze"
    APPROVE = "approve"
    SEND = "send"
    FINISH = "finish"
    DISCARD = "discard"


class PayoutState(StrEnum):
    CREATED = "created"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    CLEARED = "cleared"
    FAILED = "failed"
    RETURNED = "returned"
    REASSIGNED = "reassigned"
    DISCARDED = "discarded"


class PayoutEvent(StrEnum):
    APPROVE = "approve"
    SEND = "send"
    PAY = "pay"
    CLEAR = "clear"
    FAIL = "fail"
    RETURN = "return"
    REASSIGN = "reassign"
    DISCARD = "discard"


# A run that is not over; one at a time per currency.
LIVE_PAYOUT_RUN_STATES = (
    PayoutRunState.DRAFT,
    PayoutRunState.FROZEN,
    PayoutRunState.APPROVED,
    PayoutRunState.SENDING,
)
# A payout whose money has left the mentor's balance (2140) and is not at its end yet.
PAYOUT_IN_TRANSIT_STATES = (PayoutState.APPROVED, PayoutState.SENT)
# A payout whose ledger lines are used up: they go into no other payout.
LIVE_PAYOUT_STATES = (
    PayoutState.CREATED,
    *PAYOUT_IN_TRANSIT_STATES,
    PayoutState.PAID,
    PayoutState.CLEARED,
    PayoutState.RETURNED,
)

_A, _AE = PayoutAccountState, PayoutAccountEvent
PAYOUT_ACCOUNT = Machine[PayoutAccountState, PayoutAccountEvent](
    "payout account",
    initial=[_A.ONBOARDING],
    edges=[
        Edge(_A.ONBOARDING, _AE.ACTIVATE, _A.ACTIVE, "the gateway has verified the mentor"),
        Edge(_A.ONBOARDING, _AE.RESTRICT, _A.RESTRICTED, "the gateway asks for something more"),
        Edge(_A.ONBOARDING, _AE.CLOSE, _A.CLOSED, "given up, or gone at the gateway"),
        Edge(_A.ACTIVE, _AE.RESTRICT, _A.RESTRICTED, "the gateway asks for something again"),
        Edge(_A.ACTIVE, _AE.CLOSE, _A.CLOSED, "replaced, or gone at the gateway"),
        Edge(_A.RESTRICTED, _AE.ACTIVATE, _A.ACTIVE, "the mentor has given what was asked for"),
        Edge(_A.RESTRICTED, _AE.CLOSE, _A.CLOSED, "replaced, or gone at the gateway"),
    ],
)

_U, _UE = PayoutRunState, PayoutRunEvent
PAYOUT_RUN = Machine[PayoutRunState, PayoutRunEvent](
    "payout run",
    initial=[_U.DRAFT],
    edges=[
        Edge(_U.DRAFT, _UE.FREEZE, _U.FROZEN, "finance: its content and hash are fixed"),
        Edge(_U.DRAFT, _UE.DISCARD, _U.DISCARDED, "finance"),
        Edge(_U.FROZEN, _UE.APPROVE, _U.APPROVED, "another person than built and froze it"),
        Edge(_U.FROZEN, _UE.DISCARD, _U.DISCARDED, "finance: the world moved, or a mistake"),
        Edge(_U.APPROVED, _UE.SEND, _U.SENDING, "the first payout is about to be ordered"),
        Edge(_U.SENDING, _UE.FINISH, _U.DONE, "the gateway has answered for every payout"),
    ],
)

_O, _OE = PayoutState, PayoutEvent
PAYOUT = Machine[PayoutState, PayoutEvent](
    "payout",
    initial=[_O.CREATED],
    edges=[
        Edge(_O.CREATED, _OE.APPROVE, _O.APPROVED, "with its run: 2120 to 2140"),
        Edge(_O.CREATED, _OE.DISCARD, _O.DISCARDED, "with its run; its lines are free again"),
        Edge(_O.APPROVED, _OE.SEND, _O.SENT, "the gateway took the order"),
        Edge(_O.APPROVED, _OE.PAY, _O.PAID, "the gateway paid it at once"),
        Edge(_O.APPROVED, _OE.FAIL, _O.FAILED, "refused there, or on hold here: 2140 to 2120"),
        Edge(_O.SENT, _OE.PAY, _O.PAID, "the gateway paid it: 2140 to 1100"),
        Edge(_O.SENT, _OE.FAIL, _O.FAILED, "it came to nothing: 2140 to 2120"),
        Edge(_O.FAILED, _OE.PAY, _O.PAID, "the gateway paid it after all: 2120 to 1100"),
        Edge(_O.PAID, _OE.CLEAR, _O.CLEARED, "the return window has closed"),
        Edge(_O.PAID, _OE.RETURN, _O.RETURNED, "the money came back: 1100 to 2150"),
        Edge(_O.CLEARED, _OE.RETURN, _O.RETURNED, "it came back after all, says the gateway"),
        Edge(_O.RETURNED, _OE.REASSIGN, _O.REASSIGNED, "the destination is mended: 2150 to 2120"),
    ],
)
