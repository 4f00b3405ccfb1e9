import { expect, test } from "vitest";
import { toHtml, toText } from "@/features/profile/bio-text";

test.each([
  ["<p>One.</p><p>Two<br/>lines.</p>", "One.\n\nTwo\nlines."],
  ["<h3>Before</h3><p>Text.</p>", "### Before\n\nText."],
  ["<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"],
  ["<ol><li>One</li><li>Two</li></ol>", "1. One\n2. Two"],
  ["<p><b>Bold</b> and <i>leaning</i>.</p>", "**Bold** and *leaning*."],
  ["<p><b>All <i>of</i> it</b></p>", "**All *of* it**"],
  [
    '<p>See <a href="https://example.org/a?b=1&amp;c=2">this</a>.</p>',
    "See [this](https://example.org/a?b=1&c=2).",
  ],
  ["<p>2 * 3 * 4 [x] &lt;b&gt; \\ &amp;</p>", "2 \\* 3 \\* 4 \\[x\\] <b> \\\\ &"],
  ["<p>- no list</p>", "\\- no list"],
])("what is kept comes back: %s", (html, text) => {
  expect(toText(html)).toBe(text);
  expect(toHtml(text)).toBe(html);
});

test("text without elements is a paragraph", () => {
  expect(toText("Twenty years.")).toBe("Twenty years.");
  expect(toHtml("Twenty years.")).toBe("<p>Twenty years.</p>");
});

test("what is typed is text, whatever it looks like", () => {
  expect(toHtml("<script>alert(1)</script>")).toBe("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
  expect(toHtml("[x](javascript:alert\\(1\\))")).not.toContain("href");
  expect(toHtml('[x](https://a.example/"onclick=x)')).toBe(
    '<p><a href="https://a.example/&quot;onclick=x">x</a></p>',
  );
});
