"""How many cases met which operation in which role, and how they were answered."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

_counts: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)


def add(name: str, role: str, statuses: Mapping[int, int]) -> None:
    """Count the answers of an operation to a role."""
    _counts[name, role].update(statuses)


def total() -> int:
    """Return how many cases there were."""
    return sum(sum(counter.values()) for counter in _counts.values())


def lines() -> Iterator[str]:
    """Yield the table: by role and status, then by operation."""
    statuses = sorted({status for counter in _counts.values() for status in counter})
    width = max(map(len, (name for name, _ in _counts)), default=10)
    yield f"{'':{width}}" + "".join(f"{status:>7}" for status in (*statuses, "all"))
    for group in (1, 0):
        for key in sorted({names[group] for names in _counts}):
            rows = [counter for names, counter in _counts.items() if names[group] == key]
            yield _line(key, width, statuses, sum(rows, Counter()))
        yield ""
    yield _line("all", width, statuses, sum(_counts.values(), Counter()))


def _line(name: str, width: int, statuses: list[int], counter: Counter[int]) -> str:
    cells = [counter[status] for status in statuses] + [sum(counter.values())]
    return f"{name:{width}}" + "".join(f"{cell or '':>7}" for cell in cells)
