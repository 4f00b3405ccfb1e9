"""Every request of the contract suite, looked at when its test is over."""

from collections.abc import Iterator

import pytest

from tests import published
from tests.contracts.conformance import paypal_description, stripe_types
from tests.contracts.conformance.wire import Sent, Tap, tapped
from tests.standin import StandIn

# A public document, fetched without any parameter when a webhook names it for the first time.
_CERTIFICATES = "/v1/notifications/certs/"
# Where identifiers stand: the suite asks for some that no gateway would ever give.
_NAMES = ("path ", "query transaction_id", "query disputed_transaction_id")


@pytest.fixture(autouse=True)
def overheard(standin: StandIn) -> Iterator[Tap]:
    """Fail a test whose adapter sent what the gateway does not say it takes."""
    with tapped() as tap:
        yield tap
    found = sorted({f"{sent}: {fault}" for sent in tap.sent for fault in _faults(sent)})
    if found:
        pytest.fail("\n".join(found))


def _faults(sent: Sent) -> list[str]:
    if sent.gateway == "stripe":
        return stripe_types.faults(sent)
    if not published.FOLDER.is_dir() or sent.path.startswith(_CERTIFICATES):
        return []
    return [one for one in paypal_description.faults(sent)[0] if not one.startswith(_NAMES)]
