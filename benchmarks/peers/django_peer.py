"""The peers of job D that are Django apps: `django_peer.py hordak|ledger`, in a process each.

Makes its own tables in the database that BENCH_DATABASE (JSON, psycopg's parameters) names. For
each line on standard input, "go <seconds>", it posts balanced four-line entries for so long, one
per transaction, by the app's own documented way, and answers with one line of JSON.
"""

import json
import os
import sys
import time
from pathlib import Path

import django
from django.conf import settings

WHICH = sys.argv[1]
APPS = {
    "hordak": ["mptt", "hordak"],
    "ledger": ["django.contrib.messages", "treebeard", "django_ledger"],
}
_at = json.loads(os.environ["BENCH_DATABASE"])
settings.configure(
    SECRET_KEY="bench",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DEFAULT_CURRENCY="USD",
    HORDAK_INTERNAL_CURRENCY="USD",
    HORDAK_CURRENCIES=["USD"],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *APPS[WHICH]],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _at["dbname"],
            "HOST": _at.get("host", ""),
            "PORT": _at.get("port", ""),
            "USER": _at.get("user", ""),
            "PASSWORD": _at.get("password", ""),
        }
    },
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402


def hordak():
    """Debit 100.00; credit 81.80, 15.00 and 3.20: a transaction and its legs."""
    from hordak.models import Account, AccountType, Leg, Transaction
    from moneyed import Money

    kinds = [AccountType.asset, AccountType.liability, AccountType.liability, AccountType.income]
    accounts = [
        Account.objects.create(name=f"a{n}", code=str(n), type=kind, currencies=["USD"])
        for n, kind in enumerate(kinds, start=1)
    ]

    def post():
        with transaction.atomic():
            made = Transaction.objects.create(description="captured")
            Leg.objects.create(transaction=made, account=accounts[0], debit=Money(100, "USD"))
            for account, amount in zip(accounts[1:], ("81.80", "15.00", "3.20"), strict=True):
                Leg.objects.create(transaction=made, account=account, credit=Money(amount, "USD"))

    return post


def ledger():
    """The same through `commit_txs`; it wants one activity an entry, so all is income."""
    from decimal import Decimal

    from django.contrib.auth import get_user_model
    from django.utils import timezone
    from django_ledger.models import EntityModel

    admin = get_user_model().objects.create_user("bench")
    entity = EntityModel.create_entity(
        name="Bench", admin=admin, use_accrual_method=True, fy_start_month=1
    )
    chart = entity.create_chart_of_accounts(coa_name="Chart", assign_as_default=True, commit=True)
    accounts = [
        entity.create_account(
            coa_model=chart, code=code, role=role, name=code, balance_type=side, active=True
        )
        for code, role, side in (
            ("1010", "asset_ca_cash", "debit"),
            ("4020", "in_operational", "credit"),
            ("4030", "in_operational", "credit"),
            ("4010", "in_operational", "credit"),
        )
    ]
    book = entity.create_ledger(name="Book", posted=True)
    amounts = [Decimal(text) for text in ("100.00", "81.80", "15.00", "3.20")]

    def post():
        with transaction.atomic():
            entity.commit_txs(
                je_timestamp=timezone.now(),
                je_ledger_model=book,
                je_posted=True,
                je_txs=[
                    {
                        "account": account,
                        "tx_type": "credit" if number else "debit",
                        "amount": amount,
                        "description": "captured",
                    }
                    for number, (account, amount) in enumerate(zip(accounts, amounts, strict=True))
                ],
            )

    return post


def on_cpu(pid):
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


call_command("migrate", interactive=False, verbosity=0)
post = {"hordak": hordak, "ledger": ledger}[WHICH]()
post()
pid = connection.connection.info.backend_pid
print("ready", flush=True)
for line in sys.stdin:
    seconds = float(line.split()[1])
    made = 0
    wall, process, there = time.perf_counter(), time.process_time(), on_cpu(pid)
    while (passed := time.perf_counter() - wall) < seconds:
        post()
        made += 1
    took = (passed, time.process_time() - process, on_cpu(pid) - there)
    print(json.dumps([part / made * 1e6 for part in took]), flush=True)
