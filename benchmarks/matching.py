"""Matching on a labelled set with known answers: recall@10, MRR@10 and the time of a goal.

Half of the subjects fitted the weights of `cms.matching.fusion`, the other half is held out and is
what counts (benchmarks/data/matching/README.md). Compared are the words alone, the meaning alone,
both by ranks with equal weight (reciprocal-rank fusion, k = 60), and the product's own way.

    make matching                              # the extra, once
    .venv/bin/python -m benchmarks.matching          # the figures
    .venv/bin/python -m benchmarks.matching --fit    # fits the weights anew, and writes them
"""

import os
import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from statistics import mean, median
from uuid import UUID

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from cms.matching.encoder import encoder, is_installed  # noqa: E402

if not is_installed():
    print("Matching: the extra is not installed; `make matching` brings it. Nothing measured.")
    sys.exit(0)

import numpy as np  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.kit.matching_set import PER_TOPIC, Goal, Person, goals, outside, people  # noqa: E402
from benchmarks.kit.profiles import publish_all  # noqa: E402
from benchmarks.kit.scratch import scratch  # noqa: E402
from cms.matching import finding, fusion, keeping, lexical  # noqa: E402
from cms.matching.fusion import Evidence, is_near, score  # noqa: E402
from cms.matching.spelling import mended  # noqa: E402
from cms.matching.vectors import Vectors, nearest_sentences  # noqa: E402

type Scores = Mapping[UUID, float]
SHOWN = 10
MOST_LOST = 0.015  # of the right ones that are found, by leaving goals without an answer
GRID = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5)
FUSION = Path(fusion.__file__)
MANY = int(os.environ.get("BENCH_MENTORS", "100000"))


def recall(scores: Scores, goal: Goal, who: Mapping[UUID, Person]) -> float:
    return sum(hits(scores, goal, who)) / PER_TOPIC


def reciprocal(scores: Scores, goal: Goal, who: Mapping[UUID, Person]) -> float:
    found = hits(scores, goal, who)
    return 1 / (found.index(True) + 1) if True in found else 0.0


def hits(scores: Scores, goal: Goal, who: Mapping[UUID, Person]) -> list[bool]:
    """Say of each of the first ten whether it is right; equals stand by their slugs."""
    first = sorted(scores, key=lambda pk: (-scores[pk], who[pk].slug))[:SHOWN]
    return [who[pk].slug in goal.right for pk in first]


def everything(
    goal: Goal, vectors: Vectors, who: Mapping[UUID, Person]
) -> dict[UUID, tuple[Evidence, Evidence]]:
    """Return all evidence for everybody, past the short lists: plain, and with mended spelling."""
    reader = encoder()
    known = lexical.known(goal.text)
    right = mended(goal.text, vocabulary=reader.vocabulary, known=known)
    plain = evidence_for(goal.text, vectors, who)
    return dict(
        zip(
            who,
            zip(
                plain,
                plain if right == goal.text else evidence_for(right, vectors, who),
                strict=True,
            ),
            strict=True,
        )
    )


def evidence_for(text: str, vectors: Vectors, who: Mapping[UUID, Person]) -> list[Evidence]:
    """Return all evidence for a text, of everybody in order."""
    reader = encoder()
    asked = reader.encode([text])[0]
    said = lexical.scores(text, among=None, limit=len(who))
    page = vectors.likeness(asked, of=who)
    closest = nearest_sentences(asked, model=reader.name, mentor_ids=who)
    return [
        Evidence(
            **asdict(said.get(pk, lexical.NOTHING)),
            page=page[pk],
            nearest=closest[pk][1],
        )
        for pk in who
    ]


type Told = Mapping[UUID, tuple[Evidence, Evidence]]


def by_words(one: Told) -> Scores:
    found = {pk: score(replace(e, page=None)) for pk, (e, _) in one.items()}
    return {pk: value for pk, value in found.items() if value > 0}


def by_meaning(one: Told) -> Scores:
    return {pk: e.page for pk, (e, _) in one.items()}


def mended_meaning(one: Told) -> Scores:
    return {pk: e.page for pk, (_, e) in one.items()}


def by_ranks(one: Told) -> Scores:
    summed: dict[UUID, float] = {}
    for scores in (by_words(one), by_meaning(one)):
        for rank, pk in enumerate(sorted(scores, key=lambda pk: (-scores[pk], pk)), 1):
            summed[pk] = summed.get(pk, 0.0) + 1 / (60 + rank)
    return summed


def ours(one: Told) -> Scores:
    return {pk: score(e) for pk, (_, e) in one.items()}


def fit(told: Sequence[tuple[Goal, Told]], who: Mapping[UUID, Person]) -> None:
    """Climb over a grid on the training half, with and without typos, and write what is best.

    Best is the sum of recall@10 and MRR@10; of equals the smaller weights.
    """
    order = sorted(who, key=lambda pk: who[pk].slug)
    names = ("subjects", "bio", "typos", "page", "nearest")
    with_meaning, alone = (
        {
            name: np.array([[getattr(one[pk][way], name) for pk in order] for _, one in told])
            for name in names
        }
        for way in (1, 0)
    )
    right = np.array([[who[pk].slug in goal.right for pk in order] for goal, _ in told])

    def quality(weights: Mapping[str, float], parts: Mapping[str, np.ndarray]) -> float:
        scores = sum(weight * parts[name] for name, weight in weights.items())
        first = np.argsort(-scores, axis=1, kind="stable")[:, :SHOWN]
        hit = np.take_along_axis(right, first, axis=1)
        rank = np.where(hit.any(1), 1 / (hit.argmax(1) + 1), 0)
        return float((hit.sum(1) / PER_TOPIC + rank).mean())

    def best(first: str, others: Sequence[str], parts: Mapping[str, np.ndarray]) -> list[float]:
        """Climb from nothing: each weight in turn over the grid, until none gets better."""
        weights = {first: 1.0} | dict.fromkeys(others, 0.0)
        before = -1.0
        while (now := quality(weights, parts)) > before:
            before = now
            for name in others:
                tried = {w: quality(weights | {name: w}, parts) for w in GRID}
                weights[name] = max(tried, key=lambda w: (round(tried[w], 6), -w))
        return list(weights.values())

    fitted = dict(
        zip(
            ("PAGE", "NEAREST", "SUBJECTS", "BIO", "TYPOS"),
            best("page", ("nearest", "subjects", "bio", "typos"), with_meaning),
            strict=True,
        )
    )
    _, fitted["BIO_ALONE"], fitted["TYPOS_ALONE"] = best("subjects", ("bio", "typos"), alone)
    scores = sum(fitted[name.upper()] * with_meaning[name] for name in names)
    first = np.argsort(-scores, axis=1, kind="stable")[:, :SHOWN]
    hit = np.take_along_axis(right, first, axis=1).sum(1)
    lost = {near / 50: hit[scores.max(1) < near / 50].sum() / hit.sum() for near in range(51)}
    fitted["NEAR"] = max(near for near, share in lost.items() if share <= MOST_LOST)
    lines = "".join(f"{name} = {value}\n" for name, value in fitted.items())
    text = re.sub(r"(# FITTED[^\n]*\n).*?(# END)", rf"\1{lines}\2", FUSION.read_text(), flags=re.S)
    FUSION.write_text(text)
    print("Written to cms/matching/fusion.py:", fitted, flush=True)


def table(title: str, told: Sequence[tuple[Goal, Told]], who: Mapping[UUID, Person]) -> None:
    print(f"\n| {title}, {len(told)} goals | recall@10 | MRR@10 |\n|---|--:|--:|")
    ways: dict[str, Callable[[Told], Scores]] = {
        "words alone (what answers without the extra)": by_words,
        "meaning alone (MiniLM)": by_meaning,
        "both by ranks, equal weight (RRF)": by_ranks,
        "meaning alone, spelling mended": mended_meaning,
        "ours: both, mended and fitted": ours,
    }
    for name, way in ways.items():
        found = [
            (recall(way(one), goal, who), reciprocal(way(one), goal, who)) for goal, one in told
        ]
        print(
            f"| {name} | {mean(r for r, _ in found):.3f} | {mean(m for _, m in found):.3f} |",
            flush=True,
        )


def quality(who: Mapping[UUID, Person]) -> None:
    keeping.read(list(who))
    reader = encoder()
    vectors = Vectors(reader.name, reader.dimensions)
    vectors.catch_up()
    told = {
        typos: [(goal, everything(goal, vectors, who)) for goal in goals(typos=typos)]
        for typos in (False, True)
    }
    if "--fit" in sys.argv:
        fit([pair for pairs in told.values() for pair in pairs if not pair[0].held_out], who)
        return
    print(f"\n{len(who)} profiles, {len(told[False])} goals; {PER_TOPIC} profiles answer each.")
    for typos, pairs in told.items():
        spelt = "two words misspelt" if typos else "well spelt"
        table(f"held out, {spelt}", [p for p in pairs if p[0].held_out], who)
        table(
            f"held out, {spelt}, situations only",
            [p for p in pairs if p[0].held_out and not p[0].plain],
            who,
        )
    table("training half, well spelt", [p for p in told[False] if not p[0].held_out], who)
    short = [(goal, answered(goal.text)) for goal in goals() if goal.held_out]
    print(
        "\nThrough the product's short lists, held out, well spelt: recall@10 "
        f"{mean(recall(s, g, who) for g, s in short):.3f}, MRR@10 "
        f"{mean(reciprocal(s, g, who) for g, s in short):.3f}"
    )
    empty = mean(not scores for _, scores in short)
    print(f"Of these goals {empty:.1%} are answered with nobody.")
    for held_out in (False, True):
        none = [not answered(text) for text in outside(held_out=held_out)]
        half = "held out" if held_out else "training half"
        print(f"Of {len(none)} goals about something else, {half}: {mean(none):.1%}.")


def answered(text: str) -> Scores:
    """Return the scores of whom the product answers with: nobody, where nobody is near."""
    evidence = finding.Asked(text).evidence(None)
    best = max(evidence.values(), key=score, default=None)
    if best is None or not is_near(best):
        return {}
    return {pk: score(one) for pk, one in evidence.items()}


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return milliseconds by the clock and of this process's CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3


def evidence_of(text: str) -> object:
    return finding.Asked(text).evidence(None)


def latency() -> None:
    """Time what a goal takes, and the exact comparison with a hundred thousand profiles."""
    reader = encoder()
    texts = [goal.text for goal in goals()][:60]
    parts: dict[str, list[tuple[float, float]]] = {}
    for text in texts:
        for name, act in (
            ("goal read by MiniLM", partial(reader.encode, [text])),
            ("words asked of PostgreSQL", partial(lexical.scores, text, among=None, limit=100)),
            ("all evidence", partial(evidence_of, text)),
        ):
            parts.setdefault(name, []).append(timed(act))
    many = Vectors(reader.name, reader.dimensions)
    chance = np.random.default_rng(6)
    rows = chance.standard_normal((MANY, reader.dimensions), dtype=np.float32)
    many.hold(
        [UUID(int=number) for number in range(MANY)],
        rows / np.linalg.norm(rows, axis=1, keepdims=True),
    )
    asked = reader.encode(["I want a promotion"])[0]
    parts[f"exact comparison with {MANY:,} profiles"] = [
        timed(lambda: many.nearest(asked, limit=100)) for _ in range(30)
    ]
    print("\n| of one goal, ms | clock, median | CPU of the process, median |\n|---|--:|--:|")
    for name, taken in parts.items():
        print(f"| {name} | {median(w for w, _ in taken):.1f} | {median(c for _, c in taken):.1f} |")
    print(
        f"\nMemory of {MANY:,} vectors: {rows.nbytes / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    random.seed(6)
    with scratch():
        made = publish_all(people())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE cms_mentorprofilepage")
        quality(made)
        if "--fit" not in sys.argv:
            latency()
