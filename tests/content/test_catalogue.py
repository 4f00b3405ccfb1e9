"""The catalogue of German words: complete, compiled, and nothing in it that nobody says."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

# Singular, and plural or "". A context goes before what is said in it, as in the compiled file.
type Message = tuple[str, str]
type Catalogue = dict[Message, tuple[str, ...]]

FOLDER = settings.ROOT / "locale/de/LC_MESSAGES"
TEMPLATES = (
    "base.html",
    "404.html",
    "500.html",
    "cms/*.html",
    "blocks/*.html",
    "notifications/*.html",
    "app/first/*.html",
)
SOURCES = (
    "cms/**/*.py",
    "scheduling/*.py",
    "platform/kernel/**/*.py",
    "platform/notifications/*.py",
)
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[\d\])? )?"((?:[^"\\]|\\.)*)"')


def read_po(text: str) -> Catalogue:
    """Return the messages of a catalogue with their translations; raises ValueError for a fuzzy."""
    found: Catalogue = {}
    for block in text.split("\n\n"):
        if re.search(r"^#,.*fuzzy", block, re.MULTILINE):
            raise ValueError(block)
        parts: list[tuple[str, str]] = []
        for line in block.splitlines():
            if line.startswith("#") or not (told := _LINE.fullmatch(line)):
                continue
            words = ast.literal_eval(f'"{told[2]}"')
            if told[1]:
                parts.append((told[1], words))
            else:
                parts[-1] = (parts[-1][0], parts[-1][1] + words)
        said = dict(parts)
        if said.get("msgid"):
            meant = tuple(words for name, words in parts if name == "msgstr")
            one = in_context(said.get("msgctxt", ""), said["msgid"])
            found[one, said.get("msgid_plural", "")] = meant
    return found


def in_context(context: str, words: str) -> str:
    return f"{context}\x04{words}" if context else words


def faults(catalogue: Catalogue) -> list[str]:
    """Return what is wrong: nothing said, forms that lack, placeholders that are not the same."""
    wrong = []
    for (one, many), said in catalogue.items():
        names = set(PLACEHOLDER.findall(one + many))
        if len(said) != (2 if many else 1) or not all(said):
            wrong.append(f"untranslated: {one}")
        elif any(set(PLACEHOLDER.findall(words)) - names for words in said):
            wrong.append(f"unknown placeholder: {one}")
        elif not many and set(PLACEHOLDER.findall(said[0])) != names:
            wrong.append(f"placeholder is missing: {one}")
    return wrong


def of_templates() -> Iterator[Message]:
    """Return what templates say by `translate` and `blocktranslate`."""
    for pattern in TEMPLATES:
        for path in (settings.ROOT / "templates").glob(pattern):
            yield from of_template(path.read_text())


def of_template(text: str) -> Iterator[Message]:
    inner: list[str] | None = None
    many: list[str] | None = None
    context = ""
    for token in Lexer(text).tokenize():
        word = token.contents.split(" ")[0] if token.token_type is TokenType.BLOCK else ""
        if word in {"translate", "blocktranslate"}:
            told = re.search(r' context "([^"]+)"', token.contents)
            context = told[1] if told else ""
        if word == "translate":
            yield in_context(context, token.contents.split('"')[1]), ""
        elif word == "blocktranslate":
            inner, many = [], None
        elif word == "endblocktranslate" and inner is not None:
            yield in_context(context, "".join(inner)), "".join(many or [])
            inner = None
        elif word == "plural":
            many = []
        elif inner is not None:
            part = token.contents
            part = f"%({part})s" if token.token_type is TokenType.VAR else part.replace("%", "%%")
            (inner if many is None else many).append(part)


def of_sources() -> Iterator[Message]:
    """Return what the code says by `gettext`."""
    for pattern in SOURCES:
        for path in settings.ROOT.glob(pattern):
            yield from of_source(path)


def of_source(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            (said,) = node.args
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield said.value, ""


@pytest.fixture(scope="module")
def german() -> Catalogue:
    return read_po((FOLDER / "django.po").read_text())


def test_every_message_of_a_page_is_in_the_catalogue_and_no_other(german: Catalogue) -> None:
    said = {*of_templates(), *of_sources()}

    assert len(said) > 140
    assert said - set(german) == set()
    assert set(german) - said == set()


def test_every_message_is_translated_with_its_placeholders(german: Catalogue) -> None:
    assert faults(german) == []


def test_what_is_compiled_is_what_is_written(german: Catalogue) -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for (one, many), said in german.items():
        if many:
            forms = tuple(compiled.ngettext(one, many, number) for number in (1, 2))
            assert forms == said, one
        else:
            assert compiled.gettext(one) == said[0]
    whole = {key for key in compiled._catalog if key}  # type: ignore[attr-defined]
    assert len(whole) == sum(len(said) for said in german.values())


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ('msgid "Home"\nmsgstr ""', ["untranslated: Home"]),
        ('msgid "one"\nmsgid_plural "many"\nmsgstr[0] "eins"', ["untranslated: one"]),
        ('msgid "in %(place)s"\nmsgstr "in %(ort)s"', ["unknown placeholder: in %(place)s"]),
        ('msgid "in %(place)s"\nmsgstr "dort"', ["placeholder is missing: in %(place)s"]),
        ('msgid "Home"\nmsgstr "Start"\n"seite"', []),
        ('msgctxt "app"\nmsgid "Home"\nmsgstr ""', ["untranslated: app\x04Home"]),
    ],
)
def test_a_fault_is_found(entry: str, wrong: list[str]) -> None:
    assert faults(read_po(entry)) == wrong


def test_a_guessed_message_is_refused_and_a_new_one_is_missed(german: Catalogue) -> None:
    with pytest.raises(ValueError, match="fuzzy"):
        read_po('#, fuzzy\nmsgid "Home"\nmsgstr "Heim"')

    new = set(
        of_template(
            '{% translate "New words" %}{% blocktranslate %}{{ a }} b{% endblocktranslate %}'
        )
    )
    assert new == {("New words", ""), ("%(a)s b", "")}
    assert new.isdisjoint(german)
    assert set(of_template('{% translate "Home" context "app" %}')) == {("app\x04Home", "")}
