"""Referrals: rewarded once, when the first session of whom they brought is over and stays paid."""

import pytest
from django.db import IntegrityError, transaction

from billing import referrals
from billing.ledger.checks import check_books
from billing.models import Referral, ReferralReward
from kernel import clock
from scheduling import lifecycle
from tests.billing.gateway.journey import HOUR, NOW, deliver_all, held, intent_of
from tests.billing.gateway.test_client_credit import all_books, bought, credit_of, start
from tests.billing.gateway.test_discounts import over, refund
from tests.billing.ledger.books import earn, gateway_says
from tests.factories.people import ClientFactory
from tests.standin import StandIn


def test_a_referral_is_rewarded_once_when_the_first_session_is_over(standin: StandIn) -> None:
    ReferralReward.objects.create(currency="USD", amount_minor=1500, effective_from=NOW - HOUR)
    referrer, brought = ClientFactory(), ClientFactory()
    referrals.accept(client=brought, code=referrals.code_of(referrer).lower(), now=NOW)
    session = held(client=brought)
    payment = start(session).payment
    standin.pay(intent_of(payment))
    deliver_all(standin)
    assert referrals.reward(now=NOW) == 0

    lifecycle.advance_due(now=session.ends_at)
    earn(at=session.ends_at)
    assert referrals.reward(now=NOW) == 0  # the dispute window is not over
    over(payment)

    assert referrals.reward(now=NOW) == 1
    assert referrals.reward(now=NOW) == 0
    assert credit_of(referrer) == 1500
    found = all_books()
    assert (found["5070"], found["2500"]) == (1500, -1500)
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        Referral.objects.update(reward=None)
    assert check_books(now=NOW).ok


def test_a_referral_whose_first_session_was_refunded_whole_is_rewarded_for_the_next(
    standin: StandIn,
) -> None:
    ReferralReward.objects.create(currency="USD", amount_minor=1500, effective_from=NOW - HOUR)
    referrer, brought = ClientFactory(), ClientFactory()
    referrals.accept(client=brought, code=referrals.code_of(referrer), now=NOW)
    payment = bought(standin, brought)
    over(payment)
    last = refund(payment, 10_000)

    assert referrals.reward(now=NOW) == 0
    assert credit_of(referrer) == 0

    gateway_says(last, "failed", at=NOW)  # the price is kept after all
    assert referrals.reward(now=NOW) == 1
    assert credit_of(referrer) == 1500


def test_referrals_without_a_rule_stand_in_nobodys_way(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referrals, "BATCH", 1)
    referrer = ClientFactory()
    for starts_at in (NOW + 30 * HOUR, NOW + 40 * HOUR):
        brought = ClientFactory()
        referrals.accept(client=brought, code=referrals.code_of(referrer), now=NOW)
        payment = start(held(client=brought, starts_at=starts_at)).payment
        standin.pay(intent_of(payment))
        deliver_all(standin)
        over(payment)
    ReferralReward.objects.create(  # after the first session had ended, before the second did
        currency="USD", amount_minor=1500, effective_from=NOW + 35 * HOUR
    )

    assert referrals.reward(now=NOW) == 1
    assert credit_of(referrer) == 1500
    assert referrals.reward(now=NOW) == 0


def test_a_reward_of_zero_ends_it_and_stands_in_nobodys_way(standin: StandIn) -> None:
    for minor, hours in ((1500, 2), (0, 1)):
        ReferralReward.objects.create(
            currency="USD", amount_minor=minor, effective_from=NOW - hours * HOUR
        )
    referrer, brought = ClientFactory(), ClientFactory()
    referrals.accept(client=brought, code=referrals.code_of(referrer), now=NOW)
    over(bought(standin, brought))

    assert referrals.reward(now=NOW) == 0

    assert credit_of(referrer) == 0
    ReferralReward.objects.filter(amount_minor=0).delete()  # the negative control
    assert referrals.reward(now=NOW) == 1


def test_a_referral_is_refused_for_oneself_twice_and_after_a_purchase(standin: StandIn) -> None:
    referrer, brought, other = ClientFactory(), ClientFactory(), ClientFactory()
    code = referrals.code_of(referrer)
    referrals.accept(client=brought, code=code, now=NOW)

    for client, words in ((referrer, "your own code"), (brought, "brought you already")):
        with pytest.raises(referrals.ReferralRefused, match=words):
            referrals.accept(client=client, code=code, now=NOW)
    with pytest.raises(referrals.ReferralRefused, match="no referral code"):
        referrals.accept(client=other, code="NOBODY", now=NOW)
    bought(standin, other)
    with pytest.raises(referrals.ReferralRefused, match="before the first purchase"):
        referrals.accept(client=other, code=code, now=clock.now())
