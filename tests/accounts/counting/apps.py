"""Write a line for every password, code or passkey that is really compared.

The line is appended to the file that EVALUATED names, by whichever process compares: statuses
say what was answered, the lines say what was done. NAIVE_THROTTLE=on puts in place of ours what
most throttles do, for the negative control.
"""

import os
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.apps import AppConfig


class CountingConfig(AppConfig):
    name = "tests.accounts.counting"
    label = "counting"

    def ready(self) -> None:
        from accounts import (  # noqa: PLC0415 - models load after this module
            codes,
            credentials,
            passkeys,
            second_factor,
            throttle,
        )
        from accounts.adapters import AccountAdapter  # noqa: PLC0415
        from tests.accounts.counting.naive import check_then_count  # noqa: PLC0415

        for owner, name in (
            (credentials, "owner_of"),
            (AccountAdapter, "_owner"),
            (second_factor, "is_right"),
            (codes, "redeem"),
            (passkeys, "_show"),
        ):
            setattr(owner, name, _noted(getattr(owner, name)))
        if os.environ.get("NAIVE_THROTTLE") == "on":
            throttle.guess = check_then_count


def _noted(compare: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(compare)
    def noted(*args: Any, **options: Any) -> Any:
        with Path(os.environ["EVALUATED"]).open("a") as file:  # one short line: appended whole
            file.write(f"{compare.__name__} {os.getpid()}\n")
        time.sleep(0.05)  # a real hash takes longer than the tests' one
        return compare(*args, **options)

    return noted
