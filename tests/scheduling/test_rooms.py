"""Passes as Jitsi and LiveKit read them; reports as they sign them, and none that they do not."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scheduling.rooms.base import BadRoomSignature, Guest, Move, Report, RoomProvider
from scheduling.rooms.jitsi import JitsiRooms
from scheduling.rooms.livekit import LiveKitRooms
from tests.scheduling import room_reports
from tests.scheduling.room_reports import opened_jwt, signed_jwt

OPENS = datetime(2027, 3, 1, 14, 50, tzinfo=UTC)  # 1803912600
UNTIL = datetime(2027, 3, 1, 16, 5, tzinfo=UTC)  # 1803917100
NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
SECRET = "of the installation, of thirty-two bytes"
JITSI = JitsiRooms(
    url="https://meet.example.org/",
    domain="meet.example.org",
    app_id="counterfoil",
    app_secret=SECRET,
    webhook_secrets=("whs_old", "whs_new"),
)
LIVEKIT = LiveKitRooms(
    url="wss://example.livekit.cloud",
    meet_url="https://meet.livekit.io/custom",
    api_key="APIkey",
    api_secret=SECRET,
)
ADA = Guest("usr_ada", "Ada Adams", is_host=True)
ANN = Guest("usr_ann", "Ann", is_host=False)


def test_a_jitsi_pass_opens_one_room_to_one_person() -> None:
    made = JITSI.pass_for(room="3f2a", guest=ANN, opens_at=OPENS, until=UNTIL)

    assert made.url == f"https://meet.example.org/3f2a?jwt={made.token}"
    assert opened_jwt(made.token, SECRET) == (
        {"alg": "HS256", "typ": "JWT"},
        {
            "aud": "jitsi",
            "iss": "counterfoil",
            "sub": "meet.example.org",
            "room": "3f2a",
            "nbf": 1_803_912_600,
            "exp": 1_803_917_100,
            "context": {
                "user": {
                    "id": "usr_ann",
                    "name": "Ann",
                    "moderator": False,
                    "affiliation": "member",
                }
            },
        },
    )


def test_the_mentor_is_jitsis_moderator() -> None:
    made = JITSI.pass_for(room="3f2a", guest=ADA, opens_at=OPENS, until=UNTIL)

    user = opened_jwt(made.token, SECRET)[1]["context"]["user"]
    assert (user["id"], user["moderator"], user["affiliation"]) == ("usr_ada", True, "owner")


def test_a_livekit_pass_is_an_access_token_with_a_grant_for_one_room() -> None:
    made = LIVEKIT.pass_for(room="3f2a", guest=ANN, opens_at=OPENS, until=UNTIL)

    page = urlsplit(made.url)
    assert f"{page.scheme}://{page.netloc}{page.path}" == "https://meet.livekit.io/custom"
    assert parse_qs(page.query) == {
        "liveKitUrl": ["wss://example.livekit.cloud"],
        "token": [made.token],
    }
    assert opened_jwt(made.token, SECRET)[1] == {
        "iss": "APIkey",
        "sub": "usr_ann",
        "name": "Ann",
        "nbf": 1_803_912_600,
        "exp": 1_803_917_100,
        "video": {"roomJoin": True, "room": "3f2a"},
    }


def test_the_mentor_administers_livekits_room() -> None:
    made = LIVEKIT.pass_for(room="3f2a", guest=ADA, opens_at=OPENS, until=UNTIL)

    grant = opened_jwt(made.token, SECRET)[1]["video"]
    assert grant == {"roomJoin": True, "room": "3f2a", "roomAdmin": True}


@pytest.mark.parametrize(("kind", "move"), [("joined", Move.JOINED), ("left", Move.LEFT)])
def test_both_tell_who_came_and_went(kind: str, move: Move) -> None:
    expected = Report("ev_1", move, "3f2a", "usr_ann", NOW)
    of_jitsi = room_reports.jitsi(
        "3f2a", "usr_ann", kind, at=NOW, secret="whs_new", event_id="ev_1"
    )
    of_livekit = room_reports.livekit(
        "3f2a", "usr_ann", kind, at=NOW, secret=SECRET, key="APIkey", event_id="ev_1"
    )

    for provider, (body, headers) in ((JITSI, of_jitsi), (LIVEKIT, of_livekit)):
        assert provider.read(body=body, headers=headers, now=NOW) == expected


def test_other_events_are_taken_and_say_nothing() -> None:
    body, headers = room_reports.jitsi("3f2a", "", "joined_lobby", at=NOW, secret="whs_old")
    assert JITSI.read(body=body, headers=headers, now=NOW) is None

    body, headers = room_reports.livekit("3f2a", "", "x", at=NOW, secret=SECRET, key="APIkey")
    assert LIVEKIT.read(body=body, headers=headers, now=NOW) is None


def refused(provider: RoomProvider, body: bytes, headers: dict[str, str]) -> str:
    with pytest.raises(BadRoomSignature) as caught:
        provider.read(body=body, headers=headers, now=NOW)
    return caught.value.detail


SIX_MINUTES = timedelta(minutes=6)


def test_jitsis_forged_old_and_changed_reports_are_refused() -> None:
    good, signature = room_reports.jitsi("3f2a", "usr_ann", "joined", at=NOW, secret="whs_new")
    stranger, forged = room_reports.jitsi("3f2a", "usr_ann", "joined", at=NOW, secret="whs_x")
    early, old = room_reports.jitsi(
        "3f2a", "usr_ann", "joined", at=NOW, secret="whs_new", signed_at=NOW - SIX_MINUTES
    )
    moved = {"X-Jaas-Signature": signature["X-Jaas-Signature"].replace("v1=", "v0=")}

    assert "none of ours" in refused(JITSI, stranger, forged)
    assert "none of ours" in refused(JITSI, good.replace(b"usr_ann", b"usr_eve"), signature)
    assert "none of ours" in refused(JITSI, good, moved)
    assert "too old" in refused(JITSI, early, old)
    assert "missing" in refused(JITSI, good, {})
    assert "missing" in refused(JITSI, good, {"X-Jaas-Signature": "t=soon,v1=x"})
    assert "too old" in refused(JITSI, good, {"X-Jaas-Signature": f"t={'9' * 5000},v1=x"})


def test_livekits_forged_old_and_changed_reports_are_refused() -> None:
    made: dict[str, Any] = {"at": NOW, "key": "APIkey"}
    good, signature = room_reports.livekit("3f2a", "usr_ann", "joined", secret=SECRET, **made)
    stranger, forged = room_reports.livekit("3f2a", "usr_ann", "joined", secret="x" * 32, **made)
    early, old = room_reports.livekit(
        "3f2a", "usr_ann", "joined", secret=SECRET, signed_at=NOW - 3 * SIX_MINUTES, **made
    )
    bare = {"Authorization": signed_jwt({"iss": "APIkey", "exp": 1_803_917_100}, SECRET)}
    # A guest's own pass is signed under the same secret, and is no report.
    entrance = LIVEKIT.pass_for(room="3f2a", guest=ANN, opens_at=OPENS, until=UNTIL)

    assert "none of ours" in refused(LIVEKIT, stranger, forged)
    assert "another body" in refused(LIVEKIT, good.replace(b"usr_ann", b"usr_eve"), signature)
    assert "too old" in refused(LIVEKIT, early, old)
    assert "none of ours" in refused(LIVEKIT, good, bare)
    assert "none of ours" in refused(LIVEKIT, good, {"Authorization": entrance.token})
    assert "none of ours" in refused(LIVEKIT, good, {})


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"eventType": "PARTICIPANT_JOINED"}'])
def test_a_signed_report_that_makes_no_sense_is_refused(body: bytes) -> None:
    stamp = int(NOW.timestamp())
    made = base64.b64encode(hmac.digest(b"whs_new", f"{stamp}.".encode() + body, "sha256"))

    refused(JITSI, body, {"X-Jaas-Signature": f"t={stamp},v1={made.decode()}"})
