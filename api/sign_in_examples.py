"""Examples of the bodies that sign people in, and of those that change how they sign in.

What only a browser can make (a passkey's bytes) is cut short; the test sends one of its own.
"""

from collections.abc import Mapping
from typing import Any

MAIL_CODE = "ABCD-EFGH"
AUTHENTICATOR_CODE = "492039"
MFA_TOKEN = "eyJzIjoidXNyXzAxamRxNHp2OG0zdyJ9:1tHq2x:Qk3R8"  # noqa: S105 - shown
PASSWORD = "correct-horse-battery-7"  # noqa: S105 - shown
NEW_PASSWORD = "staple-battery-horse-8"  # noqa: S105 - shown
EMAIL = "ada@example.com"
REFRESH_TOKEN = "rt_4fX0uW2c9sKqB7mZ1yT5"  # noqa: S105 - shown
CEREMONY = "crm_jZ1X2CjazPsOKafMFPL7lbOhkIsYlPqiT_Ol0qFWrxw"
NEW_EMAIL = "ada@new.example.com"
_STATE, _CODE = "eyJzIjoiMSJ9", "4/0AX4XfWh"  # what another site sends back
_SHOWN = {
    "id": "kLq3vWv0bX8mS5n2",
    "rawId": "kLq3vWv0bX8mS5n2",
    "type": "public-key",
    "clientExtensionResults": {},
}

SIGN_IN: Mapping[str, Mapping[str, Any]] = {
    "users_register": {
        "email": EMAIL,
        "password": PASSWORD,
        "name": "Ada Lovelace",
        "role": "client",
        "time_zone": "Europe/London",
    },
    "users_verify": {"email": EMAIL, "code": MAIL_CODE},
    "users_login": {"email": EMAIL, "password": PASSWORD},
    "users_login_mfa": {"mfa_token": MFA_TOKEN, "code": AUTHENTICATOR_CODE},
    "users_refresh": {"refresh_token": REFRESH_TOKEN},
    "users_logout": {"refresh_token": REFRESH_TOKEN},
    "users_profile_update": {"name": "Ada King", "time_zone": "Europe/Paris", "language": "de"},
    "users_password_forgot": {"email": EMAIL},
    "users_password_reset": {"email": EMAIL, "code": MAIL_CODE, "password": NEW_PASSWORD},
    "users_password_change": {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
    "users_login_passkey_begin": {"mfa_token": MFA_TOKEN},
    "users_login_passkey": {
        "ceremony": CEREMONY,
        "credential": {
            **_SHOWN,
            "response": {
                "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
                "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ",
                "signature": "MEUCIQDk3X2cM0vW",
            },
        },
    },
    "users_reauthenticate": {"password": PASSWORD},
    "users_mfa_totp_confirm": {"ceremony": CEREMONY, "code": AUTHENTICATOR_CODE},
    "users_passkeys_add": {
        "ceremony": CEREMONY,
        "name": "My telephone",
        "credential": {
            **_SHOWN,
            "response": {
                "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
                "attestationObject": "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVik",
            },
        },
    },
    "users_passkeys_rename": {"name": "My telephone"},
    "users_email_change": {"email": NEW_EMAIL, "password": PASSWORD},
    "users_email_confirm": {"email": NEW_EMAIL, "code": MAIL_CODE},
    "users_social_finish": {"ceremony": CEREMONY, "state": _STATE, "code": _CODE},
    "users_social_connect": {"ceremony": CEREMONY, "state": _STATE, "code": _CODE},
    "users_email_undo": {"token": "und_3q2xW8vLk0Zt5mB7"},
}
