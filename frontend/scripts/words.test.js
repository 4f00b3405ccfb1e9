import { expect, test } from "vitest";
import { compare, read } from "./words.js";

const said = (source) =>
  read("a.tsx", source).wrong.map((what) => what.split(": ").slice(1).join(": "));

test("what is shown and not translated is named with its line", () => {
  expect(read("a.tsx", "const x = (\n<p>Hello there</p>\n);").wrong).toEqual([
    "a.tsx:2: bare: Hello there",
  ]);
});

test.each([
  ["<p>{late ? 'Too late' : t('In time')}</p>", "Too late"],
  ["<p>{`At ${time} sharp`}</p>", "At"],
  ["<p>{late && 'Too late'}</p>", "Too late"],
  ["<Field label='Your name' />", "Your name"],
  ["<b aria-label={'Close it'} />", "Close it"],
  ["toast.success('Saved it')", "Saved it"],
  ["const words = { title: 'Saved it' }", "Saved it"],
])("%s is bare", (source, words) => {
  expect(said(source).join()).toContain(words);
});

test.each([
  "<p>{t('Hello there')}</p>",
  "<p className='grid gap-2'>Stripe</p>",
  "<p>{`${a} – ${b}`}</p>",
  "const words = { title: msg('Saved it') }",
])("%s is not", (source) => {
  expect(said(source)).toEqual([]);
});

test("a sentence that is put together is named", () => {
  expect(said("t(`You have ${count} left`)")).toHaveLength(1);
  expect(said("t('You have ' + count)")).toHaveLength(1);
});

const texts = (source) => read("a.tsx", source).texts;

test("English and German have one another", () => {
  expect(compare(texts("t('One'); tn(n, '{count} day', '{count} days')"), {})).toEqual([
    'a.tsx:1: missing: "One"',
    'a.tsx:1: missing: "{count} days"',
  ]);
  expect(compare([], { "a.json": { One: "Eins" } })).toEqual(['a.json: nobody says "One"']);
  const all = { One: "Eins", "{count} days": ["{count} Tag", "{count} Tage"] };
  expect(
    compare(texts("t('One'); tn(n, '{count} day', '{count} days')"), { "a.json": all }),
  ).toEqual([]);
});

test("places, tags and forms are those of the English", () => {
  const uneven = (english, german) =>
    compare(texts(`t("${english}")`), { "a.json": { [english]: german } });
  expect(uneven("Hello {name}", "Hallo {name}")).toEqual([]);
  expect(uneven("Hello {name}", "Hallo {nahme}")).toHaveLength(1);
  expect(uneven("Read <a>it</a>", "Lies es")).toHaveLength(1);
  expect(uneven("Hello", ["Hallo", "Hallos"])).toHaveLength(1);
});

test("one text has one translation", () => {
  const areas = { "a.json": { One: "Eins" }, "b.json": { One: "Ein" } };
  expect(compare(texts("t('One')"), areas)[0]).toContain("double");
});
