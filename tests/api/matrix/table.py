"""THE table: every operation, who reaches what of it, and with which status.

**A new operation gets a line here.** Its name, and of `matrix.rows`:

    "goals_get": of_both("GET /api/goals/{goal}", "200 404 404"),

`of_clients`, `of_mentors`, `of_both`, `of_all` and `of_anyone` say whom it is for; what else they
answer (401, 403, 404) is said once, at each of them. The three statuses are those for the own
object, for another's and for none; one status stands for all three. `{goal}` is an object of the
two sides of `matrix.world` (a kind that is not there yet gets a line in `World`'s furniture); the
body comes third. What one role is answered otherwise is in `but`: `but={SUPPORT: "200 200 404"}`.
Operations without an object say one status, and are called once a role.

Another row for the same operation, where a second object is named or a filter, is called
`"operation: what differs"`.
"""

from accounts.roles import AUDITOR, FINANCE_APPROVER, FINANCE_PREPARER, SUPPORT
from tests.api.matrix.bodies import (
    CIRCLE,
    ENDPOINT,
    HOURS,
    NEW,
    ONE_START,
    OWN,
    SESSION_TYPE,
    SWITCHES,
    TERMS,
)
from tests.api.matrix.rows import Row, of_all, of_anyone, of_both, of_clients, of_mentors
from tests.api.matrix.world import SUPERUSER
from tests.factories.people import PASSWORD

MONEY_READERS = (FINANCE_PREPARER, FINANCE_APPROVER, AUDITOR, SUPERUSER)
# They see every session without being part of it, in the back office's list as well.
SESSION_READERS = (SUPPORT, *MONEY_READERS)

SEEN = dict.fromkeys(SESSION_READERS, "200 200 404")
PAYMENTS_SEEN = dict.fromkeys(MONEY_READERS, "200 200 404")
# They see it, and do not act on it here.
NOT_TO_ACT = dict.fromkeys(SESSION_READERS, "403 403 404")
FRESH = {"If-Match": "*"}

ROWS: dict[str, Row] = {
    # content
    "content_page": of_anyone("GET /api/content/page?path=/faq/", "200"),
    "content_page: nothing there": of_anyone("GET /api/content/page?path=/none/", "404"),
    "content_navigation": of_anyone("GET /api/content/navigation", "200"),
    # problems
    "problems_list": of_anyone("GET /api/problems", "200"),
    "problems_get": of_anyone("GET /api/problems/slot_taken", "200"),
    # users: what makes a sign-in asks for none; whose it is, the body says
    "users_register": of_anyone(
        "POST /api/users/register", "202", {**NEW, "role": "client", "time_zone": "UTC"}
    ),
    "users_verify": of_anyone(
        "POST /api/users/verify", "422", {"email": "a@example.com", "code": "0" * 8}
    ),
    "users_login": of_anyone(
        "POST /api/users/login", "401", {"email": "a@example.com", "password": "wrong"}
    ),
    "users_login_mfa": of_anyone(
        "POST /api/users/login/mfa", "401", {"mfa_token": "x", "code": "000000"}
    ),
    "users_login_passkey_begin": of_anyone("POST /api/users/login/passkey/challenge", "200"),
    "users_login_passkey": of_anyone(
        "POST /api/users/login/passkey", "422", {"ceremony": "x", "credential": {}}
    ),
    "users_email_undo": of_anyone("POST /api/users/email/undo", "422", {"secret": "x"}),
    "users_refresh": of_anyone("POST /api/users/refresh", "401", {}),
    "users_logout": of_anyone("POST /api/users/logout", "204", {}),
    "users_password_forgot": of_anyone(
        "POST /api/users/password/forgot", "202", {"email": "a@example.com"}
    ),
    "users_password_reset": of_anyone(
        "POST /api/users/password/reset",
        "422",
        {"email": "a@example.com", "code": "0" * 8, "password": PASSWORD},
    ),
    # the own account
    "users_profile_get": of_all("GET /api/users/profile", "200"),
    "users_profile_update": of_all(
        "PATCH /api/users/profile", "200", {"time_zone": "Asia/Tokyo"}, headers=FRESH
    ),
    "users_password_change": of_all(
        "POST /api/users/password/change",
        "200",
        {"current_password": PASSWORD, "new_password": "another long enough password"},
    ),
    "users_sessions_end_others": of_all("DELETE /api/users/sessions", "204"),
    # the own second factor and passkeys
    "users_reauthenticate_begin": of_all("POST /api/users/reauthenticate/passkey", "200"),
    "users_reauthenticate": of_all("POST /api/users/reauthenticate", "422", {"password": "wrong"}),
    "users_mfa_get": of_all("GET /api/users/mfa", "200"),
    "users_mfa_totp_begin": of_all("POST /api/users/mfa/totp", "200"),
    "users_mfa_totp_confirm": of_all(
        "POST /api/users/mfa/totp/confirm", "409", {"ceremony": "x", "code": "000000"}
    ),
    "users_mfa_totp_remove": of_all("DELETE /api/users/mfa/totp", "404"),
    "users_mfa_recovery_codes_renew": of_all(
        "POST /api/users/mfa/recovery-codes", "409", client="200"
    ),
    "users_passkeys_begin": of_all("POST /api/users/passkeys/challenge", "200"),
    "users_passkeys_add": of_all(
        "POST /api/users/passkeys", "422", {"ceremony": "x", "name": "Key"}
    ),
    "users_passkeys_rename": of_all(
        "PATCH /api/users/passkeys/{passkey}", "404", {"name": "Key"}, client="200 404 404"
    ),
    "users_passkeys_remove": of_all(
        "DELETE /api/users/passkeys/{passkey}", "404", client="204 404 404"
    ),
    "users_email_change": of_all(
        "POST /api/users/email", "422", {"email": "new@example.org", "password": "wrong"}
    ),
    "users_email_confirm": of_all(
        "POST /api/users/email/confirm", "422", {"email": "new@example.org", "code": "AAAA-AAAA"}
    ),
    "users_social_providers": of_anyone("GET /api/users/social/providers", "200"),
    "users_social_begin": of_anyone("POST /api/users/social/google/begin", "404"),
    "users_social_finish": of_anyone(
        "POST /api/users/social/finish", "409", {"ceremony": "x", "state": "x", "code": "x"}
    ),
    "users_social_list": of_all("GET /api/users/social", "200"),
    "users_social_connect_begin": of_all("POST /api/users/social/google/link", "404"),
    "users_social_connect": of_all(
        "POST /api/users/social/link", "409", {"ceremony": "x", "state": "x", "code": "x"}
    ),
    "users_social_disconnect": of_all("DELETE /api/users/social/google", "404"),
    "users_calendar_feed_get": of_all("GET /api/users/calendar-feed", "200"),
    "users_calendar_feed_renew": of_all("POST /api/users/calendar-feed", "201"),
    "users_calendar_feed_close": of_all("DELETE /api/users/calendar-feed", "404"),
    "users_notifications_get": of_all("GET /api/users/notifications", "200"),
    "users_notifications_replace": of_all(
        "PUT /api/users/notifications", "200", SWITCHES, headers=FRESH
    ),
    "users_export_ask": of_all("POST /api/users/export", "202"),
    "users_export_get": of_all("GET /api/users/export", "200"),
    "users_export_download": of_all("GET /api/users/export/download", "409"),
    "users_erasure_get": of_all("GET /api/users/erasure", "200"),
    "users_erasure_ask": of_all("POST /api/users/erasure", "409"),
    "users_erasure_withdraw": of_all("DELETE /api/users/erasure", "404"),
    "users_consents_get": of_all("GET /api/users/consents", "200"),
    "users_consents_agree": of_all("POST /api/users/consents", "422", {"versions": ["x"]}),
    "users_sessions_list": of_all("GET /api/users/sessions", "200"),
    "users_sessions_end": of_all("DELETE /api/users/sessions/{sign_in}", "204 404 404"),
    "dashboard_get": of_all("GET /api/dashboard", "200"),
    # the directory: public to whoever is signed in
    "mentors_list": of_all("GET /api/mentors", "200"),
    "mentors_match": of_all("POST /api/mentors/match", "200", {"goal": "A new job"}),
    "mentors_suggestions": of_all("GET /api/mentors/suggestions?q=car", "200"),
    "mentors_get": of_all("GET /api/mentors/{mentor}", "200 200 404"),
    "mentors_reviews": of_all("GET /api/mentors/{mentor}/reviews", "200 200 404"),
    "mentors_slots": of_all("GET /api/mentors/{mentor}/slots?session_type={kind}", "200 200 404"),
    "mentors_slots: another mentor's type": of_all(
        "GET /api/mentors/{own.mentor}/slots?session_type={kind}", "200 404 404"
    ),
    "mentors_slots_explain": of_all(
        "GET /api/mentors/{mentor}/slots/explain?session_type={kind}&at={own.starts_at}",
        "200 200 404",
    ),
    # a mentor's own
    "mentors_me_availability_get": of_mentors("GET /api/mentors/me/availability", "200"),
    "mentors_me_availability_replace": of_mentors(
        "PUT /api/mentors/me/availability", "200", HOURS, headers=FRESH
    ),
    "mentors_me_explain": of_mentors(
        "GET /api/mentors/me/explain?session_type={kind}&at={own.starts_at}", "200 404 404"
    ),
    "mentors_me_calendars_list": of_mentors("GET /api/mentors/me/calendars", "200"),
    "mentors_me_calendars_add": of_mentors(
        "POST /api/mentors/me/calendars",
        "201",
        {"name": "Work", "url": "https://calendars.example/work.ics"},
    ),
    "mentors_me_calendars_get": of_mentors(
        "GET /api/mentors/me/calendars/{calendar}", "200 404 404"
    ),
    "mentors_me_calendars_refresh": of_mentors(
        "POST /api/mentors/me/calendars/{calendar}/refresh", "202 404 404"
    ),
    "mentors_me_calendars_remove": of_mentors(
        "DELETE /api/mentors/me/calendars/{calendar}", "204 404 404"
    ),
    "mentors_me_reviews": of_mentors("GET /api/mentors/me/reviews", "200"),
    "mentors_me_page_get": of_mentors("GET /api/mentors/me/page", "200"),
    "mentors_me_page_change": of_mentors(
        "PATCH /api/mentors/me/page", "200", {"headline": "Other"}, headers=FRESH
    ),
    "mentors_me_page_withdraw": of_mentors("POST /api/mentors/me/page/withdraw", "200"),
    "mentors_me_page_preview": of_mentors("POST /api/mentors/me/page/preview", "409"),
    "mentors_me_offers_list": of_mentors("GET /api/mentors/me/offers", "200"),
    "mentors_me_offers_create": of_mentors("POST /api/mentors/me/offers", "201", SESSION_TYPE),
    "mentors_me_offers_get": of_mentors("GET /api/mentors/me/offers/{kind}", OWN),
    "mentors_me_offers_change": of_mentors(
        "PATCH /api/mentors/me/offers/{kind}", OWN, {"price_minor": 9_900}, headers=FRESH
    ),
    "mentors_me_group_types_create": of_mentors("POST /api/mentors/me/group-types", "201", CIRCLE),
    "mentors_me_meetings_offer": of_mentors(
        "POST /api/mentors/me/meetings",
        "201 404 404",
        {"session_type": "{group}", "starts_at": "{own.starts_at}"},
    ),
    "mentors_me_meetings_list": of_mentors("GET /api/mentors/me/meetings", "200"),
    "mentors_me_meetings_withdraw": of_mentors(
        "POST /api/mentors/me/meetings/{meeting}/withdraw", "200 404 404", {}
    ),
    # anybody may apply once; both mentors are ones already, and nobody here has applied
    "mentors_me_application_apply": of_all(
        "POST /api/mentors/me/application", "201", {"headline": "Careers"}, mentor="409"
    ),
    "mentors_me_application_get": of_all("GET /api/mentors/me/application", "404"),
    "mentors_me_application_answer": of_all(
        "POST /api/mentors/me/application/answer", "404", {"headline": "Careers"}
    ),
    "mentors_me_application_withdraw": of_all("POST /api/mentors/me/application/withdraw", "404"),
    "mentors_me_earnings": of_mentors("GET /api/mentors/me/earnings", "200"),
    "mentors_me_earnings_analytics": of_mentors("GET /api/mentors/me/earnings/analytics", "200"),
    "mentors_me_statements_list": of_mentors("GET /api/mentors/me/statements", "200"),
    "mentors_me_statements_get": of_mentors(
        "GET /api/mentors/me/statements/{statement}", "200 404 404"
    ),
    "mentors_me_payout_account_get": of_mentors("GET /api/mentors/me/payout-account", "200"),
    "mentors_me_payout_account_open": of_mentors("POST /api/mentors/me/payout-account", "200", {}),
    "mentors_me_payout_account_check": of_mentors(
        "POST /api/mentors/me/payout-account/check", "200"
    ),
    # reviews are public: anybody may report one, its mentor alone replies
    "reviews_reply": of_mentors(
        "POST /api/reviews/{review}/reply", "201 404 404", {"text": "Thanks."}
    ),
    "reviews_report": of_all(
        "POST /api/reviews/{review}/report",
        "201 201 404",
        {"reason": "untrue"},
        client="422 201 404",  # their own words
    ),
    # sessions: of two people, and read by those who see the back office's list
    "sessions_create": of_clients("POST /api/sessions", "201 201 201", {"slot_token": "{slot}"}),
    "sessions_list": of_all("GET /api/sessions", "200"),
    "sessions_get": of_both("GET /api/sessions/{session}", "200 404 404", but=SEEN),
    "sessions_cancellation_quote": of_both(
        "GET /api/sessions/{session}/cancellation-quote", "200 404 404", but=NOT_TO_ACT
    ),
    "sessions_cancel": of_both(
        "POST /api/sessions/{session}/cancel", "200 404 404", {}, but=NOT_TO_ACT
    ),
    "sessions_slots": of_clients("GET /api/sessions/{session}/slots", "200 404 404"),
    "sessions_reschedule": of_clients(
        "POST /api/sessions/{session}/reschedule", "200 404 404", {"slot_token": "{own.slot}"}
    ),
    "sessions_proposals_list": of_both(
        "GET /api/sessions/{session}/proposals", "200 404 404", but=SEEN
    ),
    "sessions_proposals_make": of_both(
        "POST /api/sessions/{session}/proposals",
        "201 404 404",
        {"starts_at": ["{own.starts_at}"]},
        but=NOT_TO_ACT,
    ),
    "sessions_proposals_accept": of_both(
        "POST /api/sessions/{moving}/proposals/{proposal}/accept",
        "200 404 404",
        ONE_START,
        mentor="404",  # their own proposal
        but=NOT_TO_ACT,
    ),
    "sessions_proposals_accept: of another session": of_both(
        "POST /api/sessions/{own.moving}/proposals/{proposal}/accept",
        "200 404 404",
        ONE_START,
        mentor="404",
        but=dict.fromkeys(SESSION_READERS, "403"),
    ),
    "sessions_proposals_decline": of_both(
        "POST /api/sessions/{moving}/proposals/{proposal}/decline",
        "200 404 404",
        mentor="404",  # their own proposal
        but=NOT_TO_ACT,
    ),
    "sessions_proposals_withdraw": of_both(
        "POST /api/sessions/{moving}/proposals/{proposal}/withdraw",
        "200 404 404",
        client="404",  # it is the mentor's
        but=NOT_TO_ACT,
    ),
    "sessions_incidents_list": of_both(
        "GET /api/sessions/{running}/incidents", "200 404 404", but=SEEN
    ),
    "sessions_incidents_report": of_both(
        "POST /api/sessions/{running}/incidents",
        "201 404 404",
        {"kind": "absence", "reason": "Nobody came."},
        client="409 404 404",  # they have reported an emergency
    ),
    "sessions_incidents_withdraw": of_both(
        "POST /api/sessions/{running}/incidents/{incident}/withdraw",
        "200 404 404",
        mentor="404",  # the client's report
    ),
    "sessions_incidents_withdraw: of another session": of_both(
        "POST /api/sessions/{own.running}/incidents/{incident}/withdraw",
        "200 404 404",
        mentor="404",  # the client's report
    ),
    "sessions_review": of_clients("POST /api/sessions/{over}/review", "201 404 404", {"rating": 5}),
    "sessions_join": of_both("POST /api/sessions/{running}/join", "200 404 404"),
    "series_create": of_clients(
        "POST /api/series", "201 201 201", {"slot_token": "{slot}", "count": 2}
    ),
    "series_get": of_both("GET /api/series/{series}", "200 404 404"),
    "series_cancellation_quote": of_both(
        "GET /api/series/{series}/cancellation-quote", "200 404 404"
    ),
    "series_cancel": of_both("POST /api/series/{series}/cancel", "200 404 404", {}),
    # any client may wait for a seat of any mentor; the place in the line is the own
    "waitlist_join": of_clients(
        "POST /api/waitlist",
        "201 201 404",
        {"session_type": "{group}", "starts_at": "{own.group_starts_at}"},
    ),
    "waitlist_list": of_clients("GET /api/waitlist", "200"),
    "waitlist_get": of_clients("GET /api/waitlist/{wait}", "200 404 404"),
    "waitlist_leave": of_clients("POST /api/waitlist/{wait}/leave", "200 404 404", {}),
    "rooms_webhook_jitsi": of_anyone("POST /api/rooms/webhook/jitsi", "400", {}),
    "rooms_webhook_livekit": of_anyone("POST /api/rooms/webhook/livekit", "400", {}),
    # goals: a client's own, read by the mentor of their session
    "goals_list": of_all("GET /api/goals", "200"),
    "goals_list: of a session": of_all("GET /api/goals?session_id={session}", "200"),
    "goals_create": of_clients(
        "POST /api/goals", "201 404 404", {"title": "More", "session_id": "{session}"}
    ),
    "goals_get": of_both("GET /api/goals/{goal}", "200 404 404"),
    "goals_milestones_add": of_clients(
        "POST /api/goals/{goal}/milestones", "201 404 404", {"title": "Two"}
    ),
    "goals_milestones_reach": of_clients(
        "POST /api/goals/{goal}/milestones/{milestone}/reach", "200 404 404"
    ),
    "goals_milestones_reach: of another goal": of_clients(
        "POST /api/goals/{own.goal}/milestones/{milestone}/reach", "200 404 404"
    ),
    "goals_progress": of_clients("POST /api/goals/{goal}/progress", "201 404 404", {"percent": 50}),
    "goals_complete": of_clients("POST /api/goals/{goal}/complete", "200 404 404", {}),
    # conversations: of two people, and of nobody else
    "conversations_list": of_all("GET /api/conversations", "200"),
    "conversations_list: of a session": of_both(
        "GET /api/conversations?session={session}", "200 404 404", but=SEEN
    ),
    "conversations_list: with a mentor": of_all("GET /api/conversations?mentor={mentor}", "200"),
    "conversations_begin": of_all(
        "POST /api/conversations",
        "403",
        {"mentor": "{mentor}", "text": "Hello"},
        client="201 201 404",
    ),
    "conversations_begin: about a session": of_both(
        "POST /api/conversations", "201 404 404", {"session": "{session}", "text": "Hello"}
    ),
    "conversations_unread": of_all("GET /api/conversations/unread", "200"),
    "conversations_stream": of_all("POST /api/conversations/stream", "201"),
    "conversations_get": of_both("GET /api/conversations/{conversation}", "200 404 404"),
    "conversations_messages": of_both(
        "GET /api/conversations/{conversation}/messages", "200 404 404"
    ),
    "conversations_send": of_both(
        "POST /api/conversations/{conversation}/messages", "201 404 404", {"text": "Hello"}
    ),
    "conversations_read": of_both("POST /api/conversations/{conversation}/read", "200 404 404", {}),
    "conversations_block": of_both("PUT /api/conversations/{conversation}/block", "200 404 404"),
    "conversations_unblock": of_both(
        "DELETE /api/conversations/{conversation}/block", "200 404 404"
    ),
    "conversations_report": of_both(
        "POST /api/conversations/{conversation}/report", "201 404 404", {"reason": "spam"}
    ),
    "conversations_report: a message of another conversation": of_both(
        "POST /api/conversations/{own.conversation}/report",
        "201 404 404",
        {"reason": "spam", "message": "{message}"},
        mentor="422 404 404",  # their own words
    ),
    # money: a client pays for the own hold; both sides read the payment, and finance
    "payments_create_intent": of_clients(
        "POST /api/payments/create-intent",
        "201 404 404",
        {"session_id": "{held}", "gateway": "stripe"},
    ),
    "payments_cover": of_clients(
        "POST /api/payments/cover", "201 404 404", {"session_id": "{held}"}
    ),
    "payments_confirm": of_clients(
        "POST /api/payments/confirm", "202 404 404", {"payment_id": "{intent}"}
    ),
    "payments_list": of_all("GET /api/payments", "200"),
    "payments_get": of_both("GET /api/payments/{payment}", "200 404 404", but=PAYMENTS_SEEN),
    "payments_webhook_stripe": of_anyone("POST /api/payments/webhook/stripe", "400", {}),
    "payments_webhook_paypal": of_anyone("POST /api/payments/webhook/paypal", "400", {}),
    # packages: any client buys of any mentor; what was bought is the own
    "packages_offers": of_all("GET /api/packages/offers?mentor={mentor}", "200 200 404"),
    "packages_offer": of_mentors("POST /api/packages/offers", "201 404 404", TERMS),
    "packages_withdraw": of_mentors("POST /api/packages/offers/{offer}/withdraw", "200 404 404"),
    "packages_buy": of_clients(
        "POST /api/packages", "201 201 404", {"offer_id": "{offer}", "gateway": "stripe"}
    ),
    "packages_list": of_clients("GET /api/packages", "200"),
    "packages_get": of_clients("GET /api/packages/{package}", "200 404 404"),
    "packages_use": of_clients(
        "POST /api/packages/{package}/use", "201 404 404", {"session_id": "{held}"}
    ),
    "packages_use: for another session": of_clients(
        "POST /api/packages/{own.package}/use", "201 404 404", {"session_id": "{held}"}
    ),
    "packages_use: of another package": of_clients(
        "POST /api/packages/{package}/use", "201 404 404", {"session_id": "{own.held}"}
    ),
    "packages_give_back": of_clients("POST /api/packages/{package}/refund", "201 404 404"),
    "credit_get": of_clients("GET /api/credit", "200"),
    "credit_referral": of_clients("POST /api/credit/referral", "409", {"code": "{own.code}"}),
    # webhooks: everybody's own
    "webhooks_endpoints_list": of_all("GET /api/webhooks/endpoints", "200"),
    "webhooks_endpoints_create": of_all(
        "POST /api/webhooks/endpoints", "201", {"url": "https://new.example/hooks"}
    ),
    "webhooks_endpoints_get": of_all(f"GET {ENDPOINT}", "404", client=OWN),
    "webhooks_endpoints_change": of_all(
        f"PATCH {ENDPOINT}", "404", {"status": "disabled"}, client=OWN, headers=FRESH
    ),
    "webhooks_endpoints_remove": of_all(f"DELETE {ENDPOINT}", "404", client="204 404 404"),
    "webhooks_endpoints_rotate": of_all(f"POST {ENDPOINT}/rotate", "404", client=OWN),
    "webhooks_endpoints_test": of_all(f"POST {ENDPOINT}/test", "404", client="202 404 404"),
    "webhooks_endpoints_replay": of_all(
        f"POST {ENDPOINT}/replay", "404", {"since": "2027-01-01T00:00:00Z"}, client="202 404 404"
    ),
    "webhooks_deliveries_list": of_all(f"GET {ENDPOINT}/deliveries", "404", client=OWN),
    "webhooks_deliveries_get": of_all("GET /api/webhooks/deliveries/{delivery}", "404", client=OWN),
    "webhooks_deliveries_replay": of_all(
        "POST /api/webhooks/deliveries/{delivery}/replay", "404", client="409 404 404"
    ),
}
