"""The tests' template goes on from an older one only where that is the same as beginning anew."""

from tests.template_database import _nearest as nearest

WANTED = {"a/0001.py": "1", "a/0002.py": "2", "b/0001.py": "3"}


def test_the_template_that_needs_the_fewest_migrations_is_taken() -> None:
    present = {"little": {"a/0001.py": "1"}, "more": {"a/0001.py": "1", "b/0001.py": "3"}}
    assert nearest(present, WANTED) == "more"


def test_a_template_with_a_changed_or_a_foreign_migration_is_not() -> None:
    present = {
        "changed": {**WANTED, "a/0001.py": "another"},
        "taken away since": {**WANTED, "a/0003.py": "4"},
        "cut short": {},
    }
    assert nearest(present, WANTED) is None
