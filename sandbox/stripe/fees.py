"""The gateway's price list, as data per currency: 2.9 % + 30 ¢ for US dollars.

In euros and pounds it is that of a European account: 1.5 % + 25 ct, 1.5 % + 20 p. The rounding is
half up, on the sum of both parts. https://stripe.com/pricing; minimum amounts:
https://docs.stripe.com/currencies
"""

from __future__ import annotations

from dataclasses import dataclass

_BPS_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a charge costs, and the least that may be charged, in the gateway's minor units."""

    fixed_minor: int
    minimum_minor: int
    bps: int = 290


TARIFFS = {
    "usd": Tariff(30, 50),
    "eur": Tariff(25, 50, bps=150),
    "gbp": Tariff(20, 30, bps=150),
    "cad": Tariff(30, 50),
    "aud": Tariff(30, 50),
    "nzd": Tariff(30, 50),
    "chf": Tariff(30, 50),
    "sek": Tariff(250, 300),
    "nok": Tariff(250, 300),
    "dkk": Tariff(180, 250),
    "pln": Tariff(100, 200),
    "czk": Tariff(650, 1500),
    "huf": Tariff(8500, 17500),
    "jpy": Tariff(30, 50),
    "krw": Tariff(400, 500),
    "brl": Tariff(50, 50),
    "mxn": Tariff(300, 1000),
    "inr": Tariff(300, 50),
    "sgd": Tariff(50, 50),
    "hkd": Tariff(235, 400),
    "uah": Tariff(1200, 2000),
    "isk": Tariff(4000, 10000),
    "mga": Tariff(1300, 2500),
    "ugx": Tariff(110000, 200000),
}


def charge_fee(amount: int, currency: str) -> int:
    """Return `half_up(amount · bps / 10000 + fixed)` without floats."""
    tariff = TARIFFS[currency]
    return (2 * amount * tariff.bps + _BPS_PARTS) // (2 * _BPS_PARTS) + tariff.fixed_minor
