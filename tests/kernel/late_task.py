"""A task in a module that a worker has not imported yet (see `test_tasks.py`)."""

from kernel import tasks

done: list[str] = []


@tasks.task
def note(*, word: str) -> None:
    done.append(word)
