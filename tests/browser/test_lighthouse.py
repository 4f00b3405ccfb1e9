"""What `make lighthouse` reads out of reports. The judging itself is no test: it is noisy."""

from typing import Any

import pytest

from tests.browser import lighthouse

GOOD = {"performance": 0.97, "accessibility": 1, "best-practices": 1, "seo": 1}


def report(**scores: float | None) -> dict[str, Any]:
    """Return what Lighthouse writes, with these scores in place of good ones."""
    named = {name.replace("_", "-"): score for name, score in scores.items()}
    return {
        "requestedUrl": "http://127.0.0.1/",
        "categories": {
            name: {"score": score, "auditRefs": [{"id": f"{name}-audit", "weight": 3}]}
            for name, score in {**GOOD, **named}.items()
        },
        "audits": {
            f"{name}-audit": {"id": f"{name}-audit", "title": "Says why", "score": round(score)}
            for name, score in {**GOOD, **named}.items()
            if score is not None
        },
    }


def judged(monkeypatch: pytest.MonkeyPatch, *reports: dict[str, Any], path: str = "/") -> int:
    rest = iter(reports)
    monkeypatch.setattr(lighthouse, "run", lambda _url, _variables: next(rest))
    return lighthouse.judge_all("http://127.0.0.1", [path], {})


def test_good_pages_end_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged(monkeypatch, *[report()] * 5) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["97", "100", "100", "100", "/"]


@pytest.mark.parametrize("category", lighthouse.CATEGORIES)
def test_one_low_category_ends_with_1_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], category: str
) -> None:
    bad = report(**{category.replace("-", "_"): 0.94})

    assert judged(monkeypatch, *[bad] * 5) == 1
    assert f"/: {category} is 94" in capsys.readouterr().out


def test_the_median_of_five_counts_and_not_one_bad_run(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = report(performance=0.4)

    assert judged(monkeypatch, bad, report(), bad, report(), report()) == 0
    assert judged(monkeypatch, bad, report(), bad, report(), bad) == 1


def test_what_pulls_a_page_down_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(monkeypatch, *[report(seo=0.3)] * 5)

    assert "/: seo-audit: Says why" in capsys.readouterr().out


@pytest.mark.parametrize(("performance", "status"), [(0.9, 0), (0.89, 1)])
def test_a_page_of_the_app_is_judged_without_search_engines(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    performance: float,
    status: int,
) -> None:
    found = report(performance=performance, seo=None)

    assert judged(monkeypatch, *[found] * 5, path="/app/mentors") == status
    line = capsys.readouterr().out.splitlines()[1]
    assert line.split() == [str(round(performance * 100)), "100", "100", "–", "/app/mentors"]


@pytest.mark.parametrize(
    "nothing",
    [report(seo=None), {"categories": {}}, {"runtimeError": {"message": "NO_FCP"}}],
    ids=["no score", "no category", "not loaded"],
)
def test_a_report_without_a_verdict_is_no_good_report(
    monkeypatch: pytest.MonkeyPatch, nothing: dict[str, Any]
) -> None:
    with pytest.raises(lighthouse.Unjudged):
        judged(monkeypatch, *[nothing] * 5)
