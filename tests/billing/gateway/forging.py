"""Webhooks that nobody sent: what every gateway has to refuse, and who makes them for one."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

type Delivery = tuple[bytes, dict[str, str]]
type Forge = Callable[[random.Random, Delivery, Delivery], Delivery]


@dataclass(frozen=True, slots=True)
class Forger:
    """Two genuine deliveries, of two payments of 100.00, and all that is made of them."""

    gateway: str
    one: Delivery
    other: Delivery
    amount: bytes  # 100.00 as this gateway writes it
    own: Sequence[Forge]

    @property
    def forgeries(self) -> list[Forge]:
        """Return those of every gateway and those of this one."""
        return [
            a_bit_is_flipped,
            a_byte_is_lost_or_added,
            self.the_amount_is_raised,
            the_signature_of_another,
            the_headers_of_nobody,
            a_huge_body,
            *self.own,
        ]

    def forge(self, chance: random.Random, number: int) -> Delivery:
        """Return one; every kind has its turn."""
        made = self.forgeries[number % len(self.forgeries)](chance, self.one, self.other)
        assert made not in (self.one, self.other)
        return made

    def the_amount_is_raised(
        self, chance: random.Random, one: Delivery, other: Delivery
    ) -> Delivery:
        more = str(chance.randint(10_001, 10**9)).encode()
        assert self.amount in one[0]
        return one[0].replace(self.amount, more), one[1]


def a_bit_is_flipped(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    body = bytearray(one[0])
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(body), one[1]


def a_byte_is_lost_or_added(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    at = chance.randrange(len(one[0]))
    more = chance.choice([b"", b" ", b"\x00", one[0]])
    return one[0][:at] + more + one[0][at + (not more) :], one[1]


def the_signature_of_another(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    return one[0], other[1]


def the_headers_of_nobody(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    """Some of the headers, none, or each under the name of another."""
    names = list(one[1])
    values = [one[1][name] for name in names]
    some = {name: one[1][name] for name in names if chance.randrange(2)}
    made: list[dict[str, str]] = [
        {},
        dict.fromkeys(names, ""),
        dict.fromkeys(names, "," * chance.randint(1, 500)),
        {f"X-{name}": value for name, value in one[1].items()},
        {"Signature": values[0]},
        some if some != one[1] else {},
    ]
    if len(names) > 1:
        made.append(dict(zip(names, [*values[1:], values[0]], strict=True)))
    return one[0], chance.choice(made)


def a_huge_body(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    return one[0] + b" " * chance.randint(1, 200_000), one[1]


def nonsense(chance: random.Random, one: Delivery) -> bytes:
    """What is no event of anybody's, whoever signed it."""
    return chance.choice(
        [
            *(b"", b"{", b"[]", b"null", b"{}", b'""', b"1e999", b"\xff\xfe\x00", b"\xed\xa0\x80"),
            *(b'{"id": 1}', b'{"data": []}', b'{"data": {"object": 7}}', b"[" * 50_000),
            b'{"id": "evt", "type": "x", "created": 1e300, "data": {"object": {"object": "y"}}}',
            b'{"id": "WH-1", "event_type": "x", "create_time": "?", "resource": {}}',
            one[0][: chance.randrange(len(one[0]) - 2)],
            b'{"a":' * 500 + b"1" + b"}" * 500,
            chance.randbytes(200),
        ]
    )
