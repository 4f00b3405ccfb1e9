"""The state machines of money: payments, refunds and what gateways send. Pure tables.

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


class GatewayEventState(StrEnum):
    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
    IGNORED = "ignored"


class GatewayEventEvent(StrEnum):
    FINISH = "finish"
    FAIL = "fail"
    IGNORE = "ignore"


# A payment that may still take the client's money; one at a time per purchase and gateway.
LIVE_PAYMENT_STATES = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.SUCCEEDED)
# A refund whose money is promised (2300) but not yet gone.
PENDING_REFUND_STATES = (RefundState.CREATED, RefundState.PENDING)
# A refund that counts: its parts are taken out of the split.
LIVE_REFUND_STATES = (*PENDING_REFUND_STATES, RefundState.SUCCEEDED)

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
