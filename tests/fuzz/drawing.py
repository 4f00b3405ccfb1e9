"""Cases drawn from the document by schemathesis, and made to meet objects that exist."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.overrides import Override

type Values = Mapping[str, Sequence[Any]]
type Shot = Callable[[Any], object]

_keys = itertools.count(1)


def draw(operation: Any, *, count: int, seed: int, values: Values, shot: Shot) -> None:
    """Hand `count` valid and `count` invalid cases to `shot`; the same ones for the same seed.

    An operation that takes nothing has fewer of either.
    """
    for mode in GenerationMode:
        try:
            _drawn(operation, mode, count, seed, values, shot)
        except Unsatisfiable:
            continue  # nothing about it can be wrong


def _drawn(
    operation: Any, mode: GenerationMode, count: int, seed: int, values: Values, shot: Shot
) -> None:
    share = 0.85 if mode is GenerationMode.POSITIVE else 0.6

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(
        case=operation.as_strategy(generation_mode=mode), number=st.integers(0, 2**32 - 1)
    )
    def run(case: Any, number: int) -> None:
        meet(case, values, random.Random(number), share=share)
        shot(case)

    run()


def boundaries(operation: Any, *, values: Values, seed: int, share: float = 0.6) -> Iterator[Any]:
    """Yield schemathesis's deterministic cases: each keyword of each schema, kept and broken."""
    generator = CoverageGenerator(
        operation=operation,
        generation_modes=list(GenerationMode),
        generation_config=operation.schema.config.generation,
        auth_storage=None,
        override=Override(),
        feedback=FeedbackSources(),
    )
    for number, case in enumerate(generator):
        meet(case, values, random.Random(seed + number), share=share)
        yield case


def meet(case: Any, values: Values, chance: random.Random, *, share: float) -> None:
    """Put what exists in the place of what was made up, in about `share` of the places."""
    for part in (case.path_parameters, case.query):
        for name in part or ():
            if name in values and chance.random() < share:
                part[name] = chance.choice(values[name])
    if isinstance(case.body, dict):
        _meet_members(case.body, values, chance, share)
    if "Idempotency-Key" in (case.headers or {}) and chance.random() < share:
        case.headers["Idempotency-Key"] = f"drawn-{next(_keys)}"


def _meet_members(
    body: dict[str, Any], values: Values, chance: random.Random, share: float
) -> None:
    for name, value in body.items():
        if name in values and chance.random() < share:
            chosen = chance.choice(values[name])
            body[name] = [chosen] if isinstance(value, list) else chosen
