// How an amount is written. The same words as the server's: kernel/display.py, and in German those
// of kernel/written.py.

import { language } from "@/lib/i18n";

export type Money = { amount: number; currency: string };

// ISO 4217 (SIX, list one): currencies whose minor unit is not two digits. Ours, not the
// browser's: engines differ, and a wrong digit here is a wrong price.
const EXPONENTS = new Map<string, number>([
  ..."BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
    .split(" ")
    .map((code) => [code, 0] as const),
  ..."BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3] as const),
  ["CLF", 4],
  ["UYW", 4],
]);

const SYMBOLS: Partial<Record<string, string>> = {
  USD: "$",
  EUR: "€",
  GBP: "£",
  JPY: "¥",
  INR: "₹",
  KRW: "₩",
  BRL: "R$",
};

const MINUS = "−";

/** How many digits the currency's minor unit has (JPY 0, USD 2). */
export function exponent(currency: string): number {
  return EXPONENTS.get(currency) ?? 2;
}

/**
 * The amount in figures with the minus before the symbol; without `code`, "$81.80" alone. In German
 * the code alone says the currency: "1.240,75 USD".
 */
export function formatMoney(money: Money, { code = true }: { code?: boolean } = {}): string {
  if (!Number.isSafeInteger(money.amount)) {
    throw new RangeError(`An amount is an integer of minor units, not ${String(money.amount)}.`);
  }
  const digits = exponent(money.currency);
  const figures = String(Math.abs(money.amount)).padStart(digits + 1, "0");
  const [point, group] = language() === "de" ? [",", "."] : [".", ","];
  const whole = figures.slice(0, figures.length - digits).replace(/\B(?=(\d{3})+$)/g, group);
  const number = digits === 0 ? whole : `${whole}${point}${figures.slice(-digits)}`;
  const sign = money.amount < 0 ? MINUS : "";
  if (language() === "de") return `${sign}${number} ${money.currency}`;
  const symbol = SYMBOLS[money.currency];
  if (symbol === undefined) return `${sign}${money.currency} ${number}`;
  return code ? `${sign}${symbol}${number} ${money.currency}` : `${sign}${symbol}${number}`;
}

const TYPED = {
  en: /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?$/,
  de: /^(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d*))?$/,
};
const LONGEST = 12;

/**
 * Minor units of what a person typed ("80", "80.5", "1,200"; in German "80,5", "1.200"), or null if
 * it is no amount. A separator of thousands has three digits behind it: "80,50" is no amount in
 * English, where it could only be meant as another one. Nor is "1,200" where the currency has three
 * digits of its own: a thousand times as much may be meant as it is read.
 */
export function parseMoney(text: string, currency: string): number | null {
  const digits = exponent(currency);
  const match = TYPED[language()].exec(text.trim().replaceAll(" ", ""));
  if (!match) return null;
  const [, grouped = "0", part = ""] = match;
  if (digits === 3 && match[2] === undefined && /^\d+[.,]\d{3}$/.test(grouped)) return null;
  const whole = grouped.replaceAll(/[.,]/g, "");
  if (part.length > digits || whole.length > LONGEST) return null;
  return Number(whole + part.padEnd(digits, "0"));
}

/** What a person would type for the amount: "80", "80.50" (in German "80,50"). */
export function typedMoney(amount: number, currency: string): string {
  const digits = exponent(currency);
  const unit = 10 ** digits;
  if (amount % unit === 0) return String(amount / unit);
  const typed = (amount / unit).toFixed(digits);
  return language() === "de" ? typed.replace(".", ",") : typed;
}
