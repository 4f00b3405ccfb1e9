"""One table says who may call what; an operation without a row does not exist.

That the rows hold, role by role, is `test_matrix`.
"""

from collections.abc import Iterator
from typing import Any

from api.api import api
from api.permissions import PERMISSIONS, Gate, Who


def operations() -> Iterator[Any]:
    """Yield every operation that is mounted."""
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            yield from view.operations


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    mounted = [operation.operation_id for operation in operations()]

    assert sorted(mounted) == sorted(PERMISSIONS)


def test_every_operation_is_guarded_as_its_row_says() -> None:
    guards = {
        operation.operation_id: [
            callback.who if isinstance(callback, Gate) else None
            for callback in operation.auth_callbacks
        ]
        for operation in operations()
    }

    assert guards == {name: [] if who is Who.ANYONE else [who] for name, who in PERMISSIONS.items()}
