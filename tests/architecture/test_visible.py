"""The API reaches rows through `visible_to` queries, or through an owner that is in hand.

A query of its own that begins at `Model.objects` names whose rows it wants (`client=`, `session=`
…: an object that was itself reached that way), or stands in the list below with its reason.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

API = Path(__file__).resolve().parents[2] / "api"
OWNERS = frozenset({"user", "client", "mentor", "session", "series"})
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
BY_NAME = frozenset({"get_object_or_404", "get_list_or_404", "get_model", "connection", "raw"})

ARGUED = {
    "lookups.session_type_of": "public: what a live mentor offers",
    "lookups.refund_by_id": "our own recovery point names it",
    "routers/conversations.conversations_begin": "public: a live mentor, by the slug",
    "routers/conversations._send": "our own recovery point names it",
    "routers/meetings.mentors_me_group_types_create": "our own recovery point names it",
    "routers/waitlist._group_type": "public: a group type, to wait for a seat of it",
}


def own_queries(text: str) -> Iterator[tuple[str, int]]:
    """Yield each function that queries rows without naming whose, with the line."""
    tree = ast.parse(text)
    inside = {
        node: function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(function)
    }
    chains = {
        id(node.func.value): node  # what is called on what: Model.objects.filter(…).first()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            if not _names_an_owner(node, chains):
                yield inside.get(node, "the module"), node.lineno
        elif isinstance(node, ast.Attribute | ast.Name) and _name(node) in BY_NAME:
            yield inside.get(node, "the module"), node.lineno


def _names_an_owner(manager: ast.Attribute, chains: dict[int, ast.Call]) -> bool:
    link: ast.expr = manager
    while id(link) in chains:
        link = call = chains[id(link)]
        if OWNERS & {keyword.arg for keyword in call.keywords}:
            return True
    return False


def _name(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def found_in_the_api() -> dict[str, int]:
    return {
        f"{path.relative_to(API).with_suffix('')}.{function}": line
        for path in sorted(API.rglob("*.py"))
        for function, line in own_queries(path.read_text())
    }


def test_the_api_asks_for_nobodys_rows_by_itself() -> None:
    found = {name: line for name, line in found_in_the_api().items() if name not in ARGUED}

    assert found == {}, (
        "Reach rows through a visible_to query (api/lookups.py), or name whose they are "
        f"(one of {', '.join(sorted(OWNERS))}); or argue for it in {__name__}.ARGUED."
    )


def test_no_argument_is_left_for_what_is_gone() -> None:
    assert set(ARGUED) <= set(found_in_the_api())


@pytest.mark.parametrize(
    "body",
    [
        "return Session.objects.get(pk=pk)",
        "return Session.objects.select_related('mentor').filter(pk=pk).first()",
        "return [row for row in Payment._default_manager.all()]",
        "rows = Session.objects\n    return rows.get(pk=pk)",
        "return get_object_or_404(Session, pk=pk)",
        "return connection.cursor()",
    ],
)
def test_a_query_for_anybodys_rows_is_found(body: str) -> None:
    assert [name for name, _ in own_queries(f"def get(pk):\n    {body}\n")] == ["get"]


@pytest.mark.parametrize(
    "body",
    [
        "return sessions_visible_to(user).filter(pk=pk).first()",
        "return Proposal.objects.filter(session=session).get(pk=pk)",
        "return SessionType.objects.select_related('mentor').filter(pk=pk, mentor=mentor).first()",
    ],
)
def test_a_query_for_somebodys_rows_is_not(body: str) -> None:
    assert list(own_queries(f"def get(pk):\n    {body}\n")) == []
