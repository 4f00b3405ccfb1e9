"""The bodies that are carried, as declarations after PayPal's published descriptions."""

from __future__ import annotations

from sandbox.paypal.shapes import Anything, Flag, Listed, Shape, Text, Thing, Unread

_DECIMAL = r"^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$"
_EMAIL = r"^[^@\s]+@[^@\s]+$"
_PAYER_ID = r"^[2-9A-HJ-NP-Z]{13}$"
_URL = r"^https?://[^\s]+$"

MONEY = Thing(
    {"currency_code": Text(3, 3), "value": Text(32, pattern=_DECIMAL)}, ("currency_code", "value")
)
CURRENCY = Thing(
    {"currency": Text(3, 3), "value": Text(32, pattern=_DECIMAL)}, ("currency", "value")
)
PAYEE = Thing({"email_address": Text(254, 3, _EMAIL), "merchant_id": Text(13, 13, _PAYER_ID)})

_PURCHASE_UNIT = Thing(
    {
        "reference_id": Text(256, 1),
        "amount": Thing(MONEY.fields | {"breakdown": Unread()}, MONEY.must),
        "payee": PAYEE,
        "payment_instruction": Unread(),
        "description": Text(127, 1),
        "custom_id": Text(127, 1),
        "invoice_id": Text(127, 1),
        "soft_descriptor": Text(22, 1),
        "items": Unread(),
        "shipping": Unread(),
        "supplementary_data": Unread(),
    },
    ("amount",),
)
_CONTEXT: dict[str, Shape] = {
    "brand_name": Text(127, 1),
    "locale": Text(10, 2, r"^[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$"),
    "shipping_preference": Text(one_of=("GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS")),
    "user_action": Text(one_of=("CONTINUE", "PAY_NOW")),
    "return_url": Text(pattern=_URL),
    "cancel_url": Text(pattern=_URL),
}
_WALLET = Thing(
    {
        "email_address": Text(254, 3, _EMAIL),
        "name": Thing({"given_name": Text(140), "surname": Text(140)}),
        "experience_context": Thing(
            _CONTEXT
            | {
                "landing_page": Text(one_of=("LOGIN", "GUEST_CHECKOUT", "NO_PREFERENCE")),
                "payment_method_preference": Text(
                    one_of=("UNRESTRICTED", "IMMEDIATE_PAYMENT_REQUIRED")
                ),
            }
        ),
        "vault_id": Unread(),
        "attributes": Unread(),
        "billing_agreement_id": Unread(),
        "phone": Unread(),
        "birth_date": Unread(),
        "tax_info": Unread(),
        "address": Unread(),
    }
)
_SOURCE = Thing(
    {
        "paypal": _WALLET,
        **dict.fromkeys(
            (
                "card",
                "token",
                "bancontact",
                "blik",
                "eps",
                "giropay",
                "ideal",
                "mybank",
                "p24",
                "sofort",
                "trustly",
                "apple_pay",
                "google_pay",
                "venmo",
            ),
            Unread(),
        ),
    }
)

ORDER = Thing(
    {
        "intent": Text(one_of=("CAPTURE", "AUTHORIZE")),
        "purchase_units": Listed(_PURCHASE_UNIT, 1, 10),
        "payment_source": _SOURCE,
        "payer": Unread(),
        "application_context": Thing(
            _CONTEXT
            | {
                "landing_page": Text(one_of=("LOGIN", "BILLING", "NO_PREFERENCE")),
                "payment_method": Unread(),
                "stored_payment_source": Unread(),
            }
        ),
    },
    ("intent", "purchase_units"),
)
ORDER_CAPTURE = Thing({"payment_source": _SOURCE})
REFUND = Thing(
    {
        "amount": MONEY,
        "custom_id": Text(127, 1),
        "invoice_id": Text(127, 1),
        "note_to_payer": Text(255, 1),
        "payment_instruction": Unread(),
    }
)
WEBHOOK = Thing(
    {
        "url": Text(2048, 1, _URL),
        "event_types": Listed(Thing({"name": Text(200, 1)}, ("name",)), 0, 500),
    },
    ("url", "event_types"),
)
RESEND = Thing({"webhook_ids": Listed(Text(50, 1))})
APPROVAL = Thing({"funding": Text(40, 1), "email_address": Text(254, 3, _EMAIL)})
PAYOUT = Thing(
    {
        "sender_batch_header": Thing(
            {
                "sender_batch_id": Text(256, 1),
                "recipient_type": Text(one_of=("EMAIL", "PHONE", "PAYPAL_ID")),
                "email_subject": Text(255),
                "email_message": Text(1000),
                "note": Text(1000),
            }
        ),
        "items": Listed(
            Thing(
                {
                    "recipient_type": Text(one_of=("EMAIL", "PHONE", "PAYPAL_ID")),
                    "amount": CURRENCY,
                    "note": Text(4000),
                    "receiver": Text(127, 1),
                    "sender_item_id": Text(63, 1),
                    "recipient_wallet": Text(one_of=("PAYPAL",)),
                    "notification_language": Text(10, 2),
                    "purpose": Text(
                        one_of=(
                            "AWARDS",
                            "PRIZES",
                            "DONATIONS",
                            "GOODS",
                            "SERVICES",
                            "REBATES",
                            "CASHBACK",
                            "DISCOUNTS",
                            "NON_GOODS_OR_SERVICES",
                        )
                    ),
                    "alternate_notification_method": Unread(),
                    "application_context": Unread(),
                },
                ("amount", "receiver"),
            ),
            1,
            15_000,
        ),
    },
    ("sender_batch_header", "items"),
)
REFERRAL = Thing(
    {
        "tracking_id": Text(127, 1),
        "email": Text(254, 3, _EMAIL),
        "preferred_language_code": Text(10, 2),
        "operations": Listed(Anything(), 1, 5),
        "products": Listed(Text(100, 1), 1),
        "legal_consents": Listed(Anything(), 1),
        "business_entity": Anything(),
        "individual_owners": Listed(Anything()),
        "partner_config_override": Thing(
            {
                "return_url": Text(pattern=_URL),
                "return_url_description": Text(127),
                "partner_logo_url": Text(pattern=_URL),
                "show_add_credit_card": Flag(),
            }
        ),
    },
    ("operations", "products", "legal_consents"),
)
ACCEPT_CLAIM = Thing(
    {
        "note": Text(2000, 1),
        "accept_claim_type": Text(one_of=("REFUND",)),
        "accept_claim_reason": Text(255, 1),
        "invoice_id": Text(127, 1),
        "refund_amount": Unread(),
        "return_shipping_address": Unread(),
    }
)
NOTHING = Thing({})
