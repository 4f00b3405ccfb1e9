"""Who was absent, from what a room recorded: the rule alone, by the clock's minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling.attendance import Evidence, Finding, Outcome, Step, finding

START = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def steps(*minutes: float) -> tuple[Step, ...]:
    """In, out, in, … at these minutes of the session."""
    return tuple(Step(at(minute), inside=not place % 2) for place, minute in enumerate(minutes))


def found(evidence: Evidence, *, now: float = 65) -> Finding:
    """An hour's session, ten minutes' patience, five minutes for what is told late."""
    return finding(
        evidence,
        starts_at=START,
        ends_at=at(60),
        patience=timedelta(minutes=10),
        settling=timedelta(minutes=5),
        now=at(now),
    )


MENTOR, CLIENT = Outcome.MENTOR_ABSENT, Outcome.CLIENT_ABSENT


@pytest.mark.parametrize(
    ("client", "mentor", "heard", "outcome"),
    [
        # Both came, however late and short.
        ((-5, 60), (0, 60), 60, Outcome.HELD),
        ((-5, 60), (59, 60), 60, Outcome.HELD),
        ((-5, -4), (30, 31), 31, Outcome.HELD),
        # One waited as long as one must: to minute ten, by a step out or by the room's own voice.
        ((-5, 10), (), 10, MENTOR),
        ((-5, 9.9), (), 9.9, None),
        ((-5,), (), 10, MENTOR),
        ((-5,), (), 9.9, None),
        ((-5,), (), None, None),
        ((30, 31), (), 31, MENTOR),
        ((-5, -4, 12, 13), (), 13, MENTOR),
        # Another room was heard of later: that does not lengthen a presence that ended.
        ((-5, 2), (), 60, None),
        # The other way round nothing is refunded, and the same is asked for.
        ((), (0, 10), 10, CLIENT),
        ((), (0, 9), 9, None),
        # Who came when it was over did not come.
        ((-5, 62), (60, 61), 62, MENTOR),
        ((60,), (60,), 61, None),
        ((), (), 60, None),
    ],
)
def test_who_was_absent(
    client: tuple[float, ...],
    mentor: tuple[float, ...],
    heard: float | None,
    outcome: Outcome | None,
) -> None:
    heard_at = None if heard is None else at(heard)

    assert found(Evidence(steps(*client), steps(*mentor), heard_at)).outcome == outcome


def test_an_absence_waits_for_what_is_told_late_and_a_meeting_does_not() -> None:
    alone = Evidence(client=steps(-5, 60), heard_at=at(60))
    both = Evidence(steps(-5, 60), steps(0, 60), at(60))

    assert [found(alone, now=now).final for now in (60, 64.9, 65)] == [False, False, True]
    assert found(both, now=60) == Finding(Outcome.HELD, final=True)
    assert found(Evidence(), now=60) == Finding(None, final=True)


def test_a_connection_that_broke_off_is_no_waiting_but_speaks_for_its_person() -> None:
    broken = (Step(at(20), inside=False),)

    assert found(Evidence(client=broken, heard_at=at(60))).outcome is None
    assert found(Evidence(steps(-5, 60), broken, at(60))).outcome is Outcome.HELD


def test_a_short_session_is_waited_for_to_its_end() -> None:
    evidence = Evidence(client=steps(-1, 5), heard_at=at(5))

    def judged(ends: float) -> Outcome | None:
        return finding(
            evidence,
            starts_at=START,
            ends_at=at(ends),
            patience=timedelta(minutes=10),
            settling=timedelta(minutes=5),
            now=at(60),
        ).outcome

    assert (judged(5), judged(6)) == (MENTOR, None)
