"""What the API refuses, the app says in German; nothing of it is missing, and nothing left over.

The API's document names no codes at its operations, so what the app can hear is told apart here
the other way: everything, but what only the back office, a gateway or an integration hears.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

import config.urls  # noqa: F401 - loads every module that can refuse
from api.problems import catalogue
from kernel.errors import Refusal

SOURCES = Path(__file__).parents[2] / "frontend" / "src"
# Modules whose refusals no person of the app meets, and single codes of modules of which they do.
ELSEWHERE = re.compile(
    r"accounts\.(categories|keys|suspensions)"
    r"|billing\.(backoffice|ledger|payouts|reconciliation|reports|treasury)\..*"
    r"|billing\.(costs|evidence\.answers|incidents|own_case|rates|reserves|surplus|suspensions)"
    r"|billing\.(refunds\.(outcome|stuck)|write_offs)"
    r"|cms\.(application_dialogs|featuring|operations|vetting)"
    r"|messaging\.deciding|notifications\.outbox|webhooks\..*"
    r"|scheduling\.(cancellation_policies|policies|rooms\.base)"
)
CODES_ELSEWHERE = frozenset(
    {
        "bad_signature",
        "discount_code_taken",
        "discount_is_off",
        "gateway_balance_too_low",
        "nothing_to_moderate",
        "own_erasure",
        "report_decided",
    }
)
# Members that stand in a German sentence: each refusal of these codes brings them.
PLACES = {
    "retry_after": {"rate_limited", "too_many_attempts", "too_many_looks"},
    "least": {"price_too_low"},  # without it another sentence is shown
}


def german() -> dict[str, list[str]]:
    words: dict[str, list[str]] = json.loads((SOURCES / "german/problems.json").read_text())
    return words


def known_faults() -> set[str]:
    """Return what can be wrong with a value: our own refusals, and pydantic's kinds of errors."""
    return {"invalid", *get_args(ErrorType)}


def members() -> set[str]:
    """Return the name of every member and parameter of the API's document."""
    document = json.loads((SOURCES.parents[1] / "api/openapi.json").read_text())
    schemas = document["components"]["schemas"].values()
    return {name for schema in schemas for name in schema.get("properties", {})}


def odd_faults(words: Iterable[str]) -> list[str]:
    """Name the faults, as `code` or `code/member`, that nothing of the API can have."""
    faults, names = known_faults(), members()
    parts = [(key, *key.partition("/")[::2]) for key in words]
    return [key for key, code, name in parts if code not in faults or name not in names | {""}]


def refusals() -> dict[str, type[Refusal]]:
    """Return the product's refusals; those that tests make for themselves are none."""
    kinds = catalogue().items()
    return {code: kind for code, kind in kinds if not kind.__module__.startswith("tests.")}


def wrong(words: dict[str, list[str]], kinds: dict[str, str]) -> list[str]:
    """Name what is missing, what nobody refuses, and what is for others than the app's people."""
    elsewhere = {
        code
        for code, module in kinds.items()
        if ELSEWHERE.fullmatch(module) or code in CODES_ELSEWHERE
    }
    heard = kinds.keys() - elsewhere
    return [
        *(f"missing: {code}" for code in sorted(heard - words.keys())),
        *(f"nobody refuses: {code}" for code in sorted(words.keys() - kinds.keys())),
        *(f"not heard in the app: {code}" for code in sorted(words.keys() & elsewhere)),
    ]


def test_every_refusal_that_the_app_hears_has_german_words() -> None:
    modules = {code: kind.__module__ for code, kind in refusals().items()}

    assert wrong(german(), modules) == []
    assert modules.keys() >= CODES_ELSEWHERE


def test_what_is_missing_and_what_is_left_over_is_named() -> None:
    modules = {
        "slot_taken": "scheduling.booking",
        "same_file": "billing.treasury.statements",
        "own_erasure": "accounts.erasures",
    }
    words = ["Titel", "Satz."]

    assert wrong({"slot_taken": words}, modules) == []
    assert wrong({}, modules) == ["missing: slot_taken"]
    assert wrong({"slot_taken": words, "old": words, "same_file": words}, modules) == [
        "nobody refuses: old",
        "not heard in the app: same_file",
    ]


def test_the_codes_that_the_app_branches_on_have_german_words() -> None:
    sources = [path for path in SOURCES.rglob("*.ts*") if ".test." not in path.name]
    calls = [
        call
        for path in sources
        for call in re.findall(r"hasCode\(\s*[\w.]+,([^)]*)\)", path.read_text())
    ]
    named = {code for call in calls for code in re.findall(r'"(\w+)"', call)}

    assert len(named) > 15
    assert named - german().keys() == set()


def test_every_fault_of_a_field_is_one_that_the_api_can_find() -> None:
    words: dict[str, str] = json.loads((SOURCES / "german/faults.json").read_text())

    assert odd_faults(words) == []
    assert odd_faults(["missing", "invalid/percent", "mising", "invalid/procent"]) == [
        "mising",
        "invalid/procent",
    ]
    assert all(re.fullmatch(r"[A-ZÄÖÜ][^\"']*\.", sentence) for sentence in words.values())


@pytest.mark.parametrize("code", sorted(german()))
def test_german_words_are_a_title_and_whole_sentences(code: str) -> None:
    title, detail, *others = german()[code]  # the first whose places are filled is shown
    places = set(re.findall(r"\{(\w+)\}", detail))

    assert title[0].isupper()
    assert title[-1].isalpha()
    assert all(re.fullmatch(r"[A-ZÄÖÜ][^\"']*\.", one) for one in [detail, *others])
    assert not any("{" in one for one in others)
    assert places == {place for place, codes in PLACES.items() if code in codes}
