"""The one table of who may call what. An operation without a row here does not start.

It answers "may this kind of person call this at all"; which *objects* a person reaches is
decided by the `visible_to` queries, and another's object answers like a missing one.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security.http import HttpAuthBase

from accounts.models import User
from api.auth import BearerAuth, OptionalBearerAuth
from kernel.errors import Forbidden


class Who(StrEnum):
    """The kinds of caller an operation is for."""

    ANYONE = "anyone"  # no token needed; none is looked at
    READER = "reader"  # signed in, or anyone where the site opens its directory
    SIGNED_IN = "signed_in"
    CLIENT = "client"
    MENTOR = "mentor"


PERMISSIONS: dict[str, Who] = {
    "content_page": Who.ANYONE,
    "content_navigation": Who.ANYONE,
    "problems_list": Who.ANYONE,
    "problems_get": Who.ANYONE,
    "users_register": Who.ANYONE,
    "users_verify": Who.ANYONE,
    "users_login": Who.ANYONE,
    "users_login_mfa": Who.ANYONE,
    "users_login_passkey_begin": Who.ANYONE,
    "users_login_passkey": Who.ANYONE,  # the passkey is the proof
    "users_refresh": Who.ANYONE,  # the refresh token is the proof
    "users_logout": Who.ANYONE,
    "users_profile_get": Who.SIGNED_IN,
    "users_profile_update": Who.SIGNED_IN,
    "users_password_forgot": Who.ANYONE,
    "users_password_reset": Who.ANYONE,
    "users_password_change": Who.SIGNED_IN,
    "users_calendar_feed_get": Who.SIGNED_IN,
    "users_calendar_feed_renew": Who.SIGNED_IN,
    "users_calendar_feed_close": Who.SIGNED_IN,
    "users_notifications_get": Who.SIGNED_IN,
    "users_notifications_replace": Who.SIGNED_IN,
    "users_export_ask": Who.SIGNED_IN,
    "users_export_get": Who.SIGNED_IN,
    "users_export_download": Who.SIGNED_IN,
    "users_erasure_get": Who.SIGNED_IN,
    "users_erasure_ask": Who.SIGNED_IN,
    "users_erasure_withdraw": Who.SIGNED_IN,
    "users_consents_get": Who.SIGNED_IN,
    "users_consents_agree": Who.SIGNED_IN,
    "users_sessions_list": Who.SIGNED_IN,
    "users_sessions_end": Who.SIGNED_IN,
    "users_sessions_end_others": Who.SIGNED_IN,
    "users_email_change": Who.SIGNED_IN,
    "users_email_confirm": Who.SIGNED_IN,
    "users_email_undo": Who.ANYONE,  # the mailed secret is the proof
    "users_social_providers": Who.ANYONE,
    "users_social_begin": Who.ANYONE,
    "users_social_finish": Who.ANYONE,  # the other site is the proof
    "users_social_list": Who.SIGNED_IN,
    "users_social_connect_begin": Who.SIGNED_IN,
    "users_social_connect": Who.SIGNED_IN,
    "users_social_disconnect": Who.SIGNED_IN,
    "users_reauthenticate_begin": Who.SIGNED_IN,
    "users_reauthenticate": Who.SIGNED_IN,
    "users_mfa_get": Who.SIGNED_IN,
    "users_mfa_totp_begin": Who.SIGNED_IN,
    "users_mfa_totp_confirm": Who.SIGNED_IN,
    "users_mfa_totp_remove": Who.SIGNED_IN,
    "users_mfa_recovery_codes_renew": Who.SIGNED_IN,
    "users_passkeys_begin": Who.SIGNED_IN,
    "users_passkeys_add": Who.SIGNED_IN,
    "users_passkeys_rename": Who.SIGNED_IN,
    "users_passkeys_remove": Who.SIGNED_IN,
    "dashboard_get": Who.SIGNED_IN,
    "mentors_list": Who.READER,
    "mentors_match": Who.READER,
    "mentors_get": Who.READER,
    "mentors_suggestions": Who.READER,
    "mentors_reviews": Who.READER,
    "mentors_slots": Who.READER,
    "mentors_slots_explain": Who.READER,
    "mentors_me_availability_get": Who.MENTOR,
    "mentors_me_availability_replace": Who.MENTOR,
    "mentors_me_explain": Who.MENTOR,
    "mentors_me_calendars_list": Who.MENTOR,
    "mentors_me_calendars_add": Who.MENTOR,
    "mentors_me_calendars_get": Who.MENTOR,
    "mentors_me_calendars_refresh": Who.MENTOR,
    "mentors_me_calendars_remove": Who.MENTOR,
    "mentors_me_application_apply": Who.SIGNED_IN,  # a client, who becomes a mentor by it
    "mentors_me_application_get": Who.SIGNED_IN,
    "mentors_me_application_answer": Who.SIGNED_IN,
    "mentors_me_application_withdraw": Who.SIGNED_IN,
    "mentors_me_reviews": Who.MENTOR,
    "reviews_reply": Who.MENTOR,
    "reviews_report": Who.SIGNED_IN,
    "mentors_me_page_get": Who.MENTOR,
    "mentors_me_page_change": Who.MENTOR,
    "mentors_me_page_withdraw": Who.MENTOR,
    "mentors_me_page_preview": Who.MENTOR,
    "mentors_me_offers_list": Who.MENTOR,
    "mentors_me_offers_create": Who.MENTOR,
    "mentors_me_offers_get": Who.MENTOR,
    "mentors_me_offers_change": Who.MENTOR,
    "mentors_me_group_types_create": Who.MENTOR,
    "mentors_me_meetings_offer": Who.MENTOR,
    "mentors_me_meetings_list": Who.MENTOR,
    "mentors_me_meetings_withdraw": Who.MENTOR,
    "mentors_me_earnings": Who.MENTOR,
    "mentors_me_earnings_analytics": Who.MENTOR,
    "mentors_me_statements_list": Who.MENTOR,
    "mentors_me_statements_get": Who.MENTOR,
    "mentors_me_payout_account_get": Who.MENTOR,
    "mentors_me_payout_account_open": Who.MENTOR,
    "mentors_me_payout_account_check": Who.MENTOR,
    "sessions_create": Who.CLIENT,
    "sessions_list": Who.SIGNED_IN,
    "sessions_get": Who.SIGNED_IN,
    "sessions_cancellation_quote": Who.SIGNED_IN,
    "sessions_cancel": Who.SIGNED_IN,
    "sessions_slots": Who.CLIENT,
    "sessions_reschedule": Who.CLIENT,
    "sessions_proposals_list": Who.SIGNED_IN,
    "sessions_proposals_make": Who.SIGNED_IN,
    "sessions_proposals_accept": Who.SIGNED_IN,
    "sessions_proposals_decline": Who.SIGNED_IN,
    "sessions_proposals_withdraw": Who.SIGNED_IN,
    "sessions_incidents_list": Who.SIGNED_IN,
    "sessions_incidents_report": Who.SIGNED_IN,
    "sessions_incidents_withdraw": Who.SIGNED_IN,
    "sessions_review": Who.CLIENT,
    "series_create": Who.CLIENT,
    "series_get": Who.SIGNED_IN,
    "series_cancellation_quote": Who.SIGNED_IN,
    "series_cancel": Who.SIGNED_IN,
    "waitlist_join": Who.CLIENT,
    "waitlist_list": Who.CLIENT,
    "waitlist_get": Who.CLIENT,
    "waitlist_leave": Who.CLIENT,
    "sessions_join": Who.SIGNED_IN,
    "rooms_webhook_jitsi": Who.ANYONE,  # the signature is the proof
    "rooms_webhook_livekit": Who.ANYONE,  # the signature is the proof
    "goals_list": Who.SIGNED_IN,
    "goals_create": Who.CLIENT,
    "goals_get": Who.SIGNED_IN,
    "goals_milestones_add": Who.CLIENT,
    "goals_milestones_reach": Who.CLIENT,
    "goals_progress": Who.CLIENT,
    "goals_complete": Who.CLIENT,
    "conversations_list": Who.SIGNED_IN,
    "conversations_begin": Who.SIGNED_IN,  # to a mentor as a client, about a session as either
    "conversations_unread": Who.SIGNED_IN,
    "conversations_get": Who.SIGNED_IN,
    "conversations_messages": Who.SIGNED_IN,
    "conversations_send": Who.SIGNED_IN,
    "conversations_read": Who.SIGNED_IN,
    "conversations_block": Who.SIGNED_IN,
    "conversations_unblock": Who.SIGNED_IN,
    "conversations_report": Who.SIGNED_IN,
    "conversations_stream": Who.SIGNED_IN,
    "payments_create_intent": Who.CLIENT,
    "payments_cover": Who.CLIENT,
    "payments_confirm": Who.CLIENT,
    "packages_offers": Who.READER,
    "packages_offer": Who.MENTOR,
    "packages_withdraw": Who.MENTOR,
    "packages_buy": Who.CLIENT,
    "packages_list": Who.CLIENT,
    "packages_get": Who.CLIENT,
    "packages_use": Who.CLIENT,
    "packages_give_back": Who.CLIENT,
    "credit_get": Who.CLIENT,
    "credit_referral": Who.CLIENT,
    "payments_list": Who.SIGNED_IN,
    "payments_get": Who.SIGNED_IN,
    "payments_webhook_paypal": Who.ANYONE,  # the signature is the proof
    "payments_webhook_stripe": Who.ANYONE,  # the signature is the proof
    "webhooks_endpoints_list": Who.SIGNED_IN,
    "webhooks_endpoints_create": Who.SIGNED_IN,
    "webhooks_endpoints_get": Who.SIGNED_IN,
    "webhooks_endpoints_change": Who.SIGNED_IN,
    "webhooks_endpoints_remove": Who.SIGNED_IN,
    "webhooks_endpoints_rotate": Who.SIGNED_IN,
    "webhooks_endpoints_test": Who.SIGNED_IN,
    "webhooks_endpoints_replay": Who.SIGNED_IN,
    "webhooks_deliveries_list": Who.SIGNED_IN,
    "webhooks_deliveries_get": Who.SIGNED_IN,
    "webhooks_deliveries_replay": Who.SIGNED_IN,
}

_ROLES = {Who.CLIENT: "client", Who.MENTOR: "mentor"}  # loaded with the person, or known to miss
_BEARER = BearerAuth()
_OPTIONAL = OptionalBearerAuth()


class Gate(HttpAuthBase):
    """django-ninja's auth port: a valid token, then the row of the table."""

    openapi_scheme = "bearer"

    openapi_bearerFormat = "JWT"  # noqa: N815 - the name that OpenAPI gives it

    def __init__(self, who: Who) -> None:
        super().__init__()
        self.who = who

    def __call__(self, request: HttpRequest) -> Any:
        """Return the person, or None for a 401. Raises Forbidden for another role."""
        if self.who is Who.READER and settings.DIRECTORY_OPEN:
            return _OPTIONAL(request)
        user = _BEARER(request)
        role = _ROLES.get(self.who)
        if user and role and not hasattr(_person(request), role):
            raise Forbidden(f"Only a {self.who} may do this. Sign in with such an account.")
        return user


def _person(request: HttpRequest) -> User:
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - BearerAuth has set it
    return person


def allowed(operation_id: str) -> Sequence[Callable[[HttpRequest], Any]] | None:
    """Return the `auth` of an operation from its row; raise KeyError where it has none."""
    who = PERMISSIONS[operation_id]
    return None if who is Who.ANYONE else [Gate(who)]
