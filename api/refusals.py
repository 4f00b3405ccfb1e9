"""The refusals that HTTP itself makes: unreadable bodies, wrong methods, wrong addresses.

What the domain refuses stands beside the function that refuses it, not here.
"""

from api.problems import HttpRefusal
from kernel.errors import Kind


class BadRequest(HttpRefusal):
    """The request could not be read at all."""

    code = "bad_request"
    status = 400


class MalformedJson(HttpRefusal):
    """The body is not JSON as RFC 8259 has it (UTF-8, unique names, finite numbers), or too deep.

    Names must be unique, numbers finite, strings free of NUL and of lone surrogates, and the
    nesting at most 32 deep.
    """

    code = "malformed_json"
    status = 400


class NulByte(HttpRefusal):
    """The address carries a NUL byte; no text of ours holds one."""

    code = "nul_byte"
    status = 400


class BadCursor(HttpRefusal):
    """The page cursor was not made by this list with these filters for this person."""

    code = "bad_cursor"
    status = 400


class IdempotencyKeyMissing(HttpRefusal):
    """The operation takes a slot, sends a message or moves money: it needs an Idempotency-Key.

    Send a fresh random value (a UUID does) and repeat the same value when you repeat the call.
    """

    code = "idempotency_key_missing"
    status = 400


class IdempotencyKeyMalformed(HttpRefusal):
    """The Idempotency-Key is not 1 to 255 visible ASCII characters."""

    code = "idempotency_key_malformed"
    status = 400


class Unauthenticated(HttpRefusal):
    """The call carries no access token that is valid now; refresh it or sign in."""

    code = "unauthenticated"
    kind = Kind.UNAUTHENTICATED
    status = 401


class UnknownAddress(HttpRefusal):
    """No operation lives at this address."""

    code = "unknown_address"
    kind = Kind.NOT_FOUND
    status = 404


class MethodNotAllowed(HttpRefusal):
    """The address exists and does not take this method; `Allow` names those it takes."""

    code = "method_not_allowed"
    status = 405


class PayloadTooLarge(HttpRefusal):
    """The body is larger than 1 MB."""

    code = "payload_too_large"
    status = 413


class UnsupportedMediaType(HttpRefusal):
    """Bodies are `application/json` in UTF-8."""

    code = "unsupported_media_type"
    status = 415


class ValidationFailed(HttpRefusal):
    """Some values cannot be used; `errors` names each with a JSON pointer or a parameter."""

    code = "validation_failed"
    kind = Kind.INVALID
    status = 422


class RateLimited(HttpRefusal):
    """Too many calls in a short time; repeat after the seconds that `Retry-After` gives."""

    code = "rate_limited"
    kind = Kind.TOO_MANY
    status = 429


class InternalError(HttpRefusal):
    """The product failed, and the failure was written down under the request id."""

    code = "internal_error"
    kind = Kind.UNAVAILABLE
    status = 500


class TookTooLong(HttpRefusal):
    """The database was stopped, because the call took longer than one may.

    Ask for less: fewer filters or words, or a shorter time between; else repeat after the seconds
    that `Retry-After` gives. A change that is repeated with its Idempotency-Key goes on where it
    was stopped.
    """

    code = "took_too_long"
    kind = Kind.UNAVAILABLE
    status = 503


class DependencyDown(HttpRefusal):
    """The database or another part does not answer at the moment.

    Repeat after the seconds that `Retry-After` gives. A change that is repeated with its
    Idempotency-Key goes on where it was cut short.
    """

    code = "dependency_down"
    kind = Kind.UNAVAILABLE
    status = 503
