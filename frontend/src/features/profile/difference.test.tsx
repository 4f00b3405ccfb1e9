import { expect, test } from "vitest";
import { blocksOf, difference, wordsOf } from "@/features/profile/difference";

test("words that came and went, and those that stayed", () => {
  const { before, after } = difference(wordsOf("Careers in law"), wordsOf("Careers in tech law"));

  expect(before.every((piece) => piece.kept)).toBe(true);
  expect(after.filter((piece) => !piece.kept).map((piece) => piece.text)).toEqual(["tech "]);
  expect(after.map((piece) => piece.text).join("")).toBe("Careers in tech law");
});

test.each([
  [[], []],
  [["a"], []],
  [[], ["a"]],
  [
    ["a", "b", "c"],
    ["c", "b", "a"],
  ],
])("both lists are whole: %j, %j", (one, other) => {
  const { before, after } = difference(one, other);

  expect(before.map((piece) => piece.text)).toEqual(one);
  expect(after.map((piece) => piece.text)).toEqual(other);
  const kept = (pieces: typeof before) => pieces.filter((piece) => piece.kept).length;
  expect(kept(before)).toBe(kept(after));
});

test("a biography in blocks", () => {
  expect(blocksOf("<p>One</p> two <ul><li>x</li></ul>")).toEqual([
    "<p>One</p>",
    "two",
    "<ul><li>x</li></ul>",
  ]);
});
