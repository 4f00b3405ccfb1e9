"""What goes in and comes out of the operations on the own second factor and passkeys."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Body, Out, PlainText
from api.schemas.users import Channel, Code, Password

Ceremony = Annotated[
    PlainText,
    Field(min_length=1, max_length=100, description="What the first call of the two answered."),
]
Base64 = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"^[A-Za-z0-9_-]+$")]
ShortBase64 = Annotated[str, Field(min_length=1, max_length=1400, pattern=r"^[A-Za-z0-9_-]+$")]
Name = Annotated[PlainText, Field(min_length=1, max_length=60, examples=["My telephone"])]
Method = Literal["password", "code", "passkey"]
Options = Annotated[
    dict[str, Any],
    Field(
        description="For `PublicKeyCredential.parseCreationOptionsFromJSON` or "
        "`parseRequestOptionsFromJSON` (WebAuthn, level 3)."
    ),
]
RecoveryCodes = Annotated[
    list[str],
    Field(description="Each signs in once in place of the factor. Shown now and never again."),
]


class PasskeyOut(Out):
    """One passkey."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    passwordless: Annotated[
        bool, Field(description="Whether it can be expected to sign in without a password.")
    ]


class AppOut(Out):
    """The authenticator app."""

    created_at: datetime
    last_used_at: datetime | None


class MfaOut(Out):
    """What the person has set up, and whether this sign-in may change it now."""

    enabled: bool
    app: AppOut | None
    passkeys: Annotated[list[PasskeyOut], Field(description="At most twenty, the oldest first.")]
    recovery_codes_left: int
    proved_until: Annotated[
        datetime | None,
        Field(description="Until then no proof is asked for; null: prove it first."),
    ]
    methods: Annotated[list[Method], Field(description="What proves that it is still you.")]


class AppBegunOut(Out):
    """A new secret: shown once, and in force once a code of it came back."""

    ceremony: str
    secret: Annotated[str, Field(description="Base 32, to type into the app.")]
    otpauth_uri: Annotated[str, Field(description="The same as an address, for a QR code.")]
    expires_in: Annotated[int, Field(description="Seconds to confirm it in.")]


class AppConfirmIn(Body):
    """The first code of the app."""

    ceremony: Ceremony
    code: Code


class RecoveryCodesOut(Out):
    """Recovery codes, where new ones were made."""

    recovery_codes: RecoveryCodes


class PasskeyBegunOut(Out):
    """What the browser needs for the next step."""

    ceremony: str
    options: Options
    expires_in: Annotated[int, Field(description="Seconds to answer in.")]


class AttestationIn(Body):
    """The authenticator's part of a new passkey."""

    clientDataJSON: Base64  # noqa: N815 - the names that WebAuthn gives them
    attestationObject: Base64  # noqa: N815
    authenticatorData: Base64 | None = None  # noqa: N815
    publicKey: Base64 | None = None  # noqa: N815
    publicKeyAlgorithm: Annotated[int, Field(ge=-(2**31), le=2**31 - 1)] | None = None  # noqa: N815
    transports: Annotated[list[ShortBase64], Field(max_length=10)] | None = None


class AssertionIn(Body):
    """The authenticator's part of a sign-in."""

    clientDataJSON: Base64  # noqa: N815
    authenticatorData: Base64  # noqa: N815
    signature: Base64
    userHandle: ShortBase64 | None = None  # noqa: N815


class CredPropsIn(Body):
    """Whether the passkey can be found without naming its person."""

    rk: bool | None = None


class ExtensionsIn(Body):
    """What the browser says beside it."""

    credProps: CredPropsIn | None = None  # noqa: N815


class _CredentialIn(Body):
    id: ShortBase64
    rawId: ShortBase64  # noqa: N815
    type: Literal["public-key"]
    authenticatorAttachment: Literal["platform", "cross-platform"] | None = None  # noqa: N815
    clientExtensionResults: ExtensionsIn | None = None  # noqa: N815


class NewCredentialIn(_CredentialIn):
    """`credential.toJSON()` of a passkey that was just made."""

    response: AttestationIn


class ShownCredentialIn(_CredentialIn):
    """`credential.toJSON()` of a passkey that was shown."""

    response: AssertionIn


class PasskeyIn(Body):
    """A new passkey and its name."""

    ceremony: Ceremony
    name: Name
    credential: NewCredentialIn


class PasskeyAddedOut(RecoveryCodesOut):
    """The passkey; recovery codes where it is the first factor, else none."""

    passkey: PasskeyOut


class PasskeyPatch(Body):
    """Another name."""

    name: Name


class PasskeySignInBeginIn(Body):
    """`mfa_token` of the first step, or nothing to sign in by passkey alone."""

    mfa_token: Annotated[PlainText, Field(min_length=1, max_length=400)] | None = None


class PasskeySignInIn(Body):
    """A passkey that was shown."""

    ceremony: Ceremony
    credential: ShownCredentialIn
    channel: Channel = "browser"


class PasskeyProofIn(Body):
    """A passkey that was shown to prove that it is still the same person."""

    ceremony: Ceremony
    credential: ShownCredentialIn


class ProofIn(Body):
    """Exactly one of the three."""

    password: Password | None = None
    code: Code | None = None
    passkey: PasskeyProofIn | None = None


class ProofOut(Out):
    """Until when this sign-in may change how its person signs in."""

    proved_until: datetime
