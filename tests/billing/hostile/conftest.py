"""The stage of the gateway's tests: one instant for all, and books that must balance after."""

from tests.billing.gateway.conftest import stage

__all__ = ["stage"]
