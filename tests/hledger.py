"""Find hledger, or have Debian install it: `python -m tests.hledger`; and ask it for balances.

`make test` runs this first. Where there is no hledger and none can be had, it says so and ends
well; the tests that want it then skip with the same words.
"""

import csv
import os
import shutil
import subprocess
from decimal import Decimal
from io import StringIO
from pathlib import Path

from billing.ledger.hledger import account_name
from billing.ledger.totals import AccountTotal
from kernel.money import exponent
from tests import debian

MISSING = "no hledger: install Debian's `hledger`"


def find() -> str | None:
    """Return the path of hledger."""
    return shutil.which("hledger")


def install() -> None:
    """Have it where it is missing and this machine lets us."""
    if find() is None:
        debian.install("hledger", otherwise="The tests of the journal's export will skip")


def run(journal: Path, *arguments: str) -> str:
    """Return what hledger prints of a journal; raise AssertionError with its words otherwise."""
    program = find()
    assert program is not None
    # Debian's hledger reads UTF-8 only where the locale says so.
    done = subprocess.run(
        [program, "-f", str(journal), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def balances(journal: Path) -> dict[tuple[str, str], int]:
    """Return (account, currency) → minor units, as hledger adds them up; zeros left out."""
    printed = run(journal, "bal", "--flat", "--no-total", "--layout=bare", "-O", "csv")
    rows = csv.DictReader(StringIO(printed))
    found = {
        (row["account"], row["commodity"]): int(
            Decimal(row["balance"]).scaleb(exponent(row["commodity"]))
        )
        for row in rows
    }
    return {key: minor for key, minor in found.items() if minor}


def ours(totals: list[AccountTotal]) -> dict[tuple[str, str], int]:
    """Return our balances as hledger names them; zeros left out."""
    return {
        (account_name(total.account), total.currency): total.balance_minor
        for total in totals
        if total.balance_minor
    }


if __name__ == "__main__":
    install()
