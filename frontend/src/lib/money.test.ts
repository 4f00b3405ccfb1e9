import { afterEach, expect, test } from "vitest";
import { speak } from "@/lib/i18n";
import { formatMoney, parseMoney, typedMoney } from "@/lib/money";

afterEach(() => speak("en"));

test.each([
  [8180, "USD", "$81.80 USD"],
  [-4075, "USD", "−$40.75 USD"],
  [0, "EUR", "€0.00 EUR"],
  [5, "GBP", "£0.05 GBP"],
  [123_456_789, "USD", "$1,234,567.89 USD"],
  [1500, "JPY", "¥1,500 JPY"],
  [-1500, "JPY", "−¥1,500 JPY"],
  [0, "JPY", "¥0 JPY"],
  [1_234_567, "KWD", "KWD 1,234.567"],
  [-1, "KWD", "−KWD 0.001"],
  [12_345, "CLF", "CLF 1.2345"],
  [8000, "CHF", "CHF 80.00"],
])("%i minor units of %s are %s", (amount, currency, words) => {
  expect(formatMoney({ amount, currency })).toBe(words);
});

test("on a button the code is left out where the symbol says it", () => {
  expect(formatMoney({ amount: 8000, currency: "USD" }, { code: false })).toBe("$80.00");
  expect(formatMoney({ amount: 8000, currency: "CHF" }, { code: false })).toBe("CHF 80.00");
});

test("half a cent is a mistake, not an amount", () => {
  expect(() => formatMoney({ amount: 80.5, currency: "USD" })).toThrow(RangeError);
});

test.each([
  ["80", "USD", 8000],
  ["80.5", "USD", 8050],
  ["1,200", "USD", 120_000],
  ["0.005", "KWD", 5],
  ["1.200", "KWD", 1200], // a dinar and a fifth, to the digit
  ["1,200", "KWD", null], // which may be meant by it as well
  ["1200", "KWD", 1_200_000],
  ["1,200.000", "KWD", 1_200_000],
  ["1,234,567", "KWD", 1_234_567_000],
  ["1500", "JPY", 1500],
  ["1500.5", "JPY", null],
  ["80.555", "USD", null],
  ["-5", "USD", null],
  ["eighty", "USD", null],
  ["80,50", "USD", null],
  ["1,20", "USD", null],
  ["1,200,300.5", "USD", 120_030_050],
])("%s typed as %s is %s minor units", (text, currency, minor) => {
  expect(parseMoney(text, currency)).toBe(minor);
});

test("what was typed is shown again as it would be typed", () => {
  expect(typedMoney(8000, "USD")).toBe("80");
  expect(typedMoney(8050, "USD")).toBe("80.50");
  expect(typedMoney(1500, "JPY")).toBe("1500");
});

test("a German amount has its point, its comma and its currency behind it", async () => {
  await speak("de");
  const written = (amount: number, currency: string) => formatMoney({ amount, currency });
  expect(written(124_075, "USD")).toBe("1.240,75 USD");
  expect(written(-1500, "JPY")).toBe("−1.500 JPY");
  expect(formatMoney({ amount: 8000, currency: "USD" }, { code: false })).toBe("80,00 USD");
});

test("what is typed in German is read as German", async () => {
  await speak("de");
  expect(parseMoney("1.200,50", "USD")).toBe(120_050);
  expect(parseMoney(typedMoney(8050, "USD"), "USD")).toBe(8050);
  expect(parseMoney("80,555", "USD")).toBe(null);
  expect(parseMoney("12.50", "USD")).toBe(null);
  expect(parseMoney("1.200", "USD")).toBe(120_000);
  expect(parseMoney("1.200", "KWD")).toBe(null); // 1200 or 1,2 may be meant
  expect(parseMoney("1,200", "KWD")).toBe(1200);
  expect(parseMoney("1.200,000", "KWD")).toBe(1_200_000);
});
