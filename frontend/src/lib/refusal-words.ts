// What the API refuses, in the reader's words: by its `code` where the app has words in the reader's
// language, else as the server says it. A sentence with a place that nothing fills is not shown.

import type { Problem, ProblemEntry } from "@/lib/api-types";
import { fault, filled, locale, refusal, type Values } from "@/lib/i18n";
import { formatMoney, type Money } from "@/lib/money";

const MINUTE = 60;
const HOUR = 3600;
const DIGITS = { maximumFractionDigits: 10 } as const;

export type Told = { title?: string | undefined; detail?: string | undefined };

/**
 * The problem's title and detail; the detail of one that is about a member of what was sent says
 * what is wrong with it. `retryAfter` is the seconds that its header gives.
 */
export function toldOf(problem: Partial<Problem>, retryAfter: number | null): Told {
  const found = refusal(problem.code ?? "");
  const about = problem.errors?.find(({ code }) => code === problem.code);
  const sentences =
    about === undefined ? (found?.slice(1) ?? []) : [fault(about.code, memberOf(about))];
  const places = placesOf(problem, retryAfter);
  const [detail] = sentences.flatMap((one) => (one && whole(one, places)) ?? []);
  return found && detail !== undefined ? { title: found[0], detail } : problem;
}

// A whole number or a decimal one, with its sign: no part of a name, a date or a time.
const NUMBER = /(?<![\w.,:/-])-?\d+(?:\.\d+)?(?![\w:/-]|[.,]\d)/;

/** The fault with its detail in the reader's words; `{number}` is the first of the server's. */
export function faultOf(entry: ProblemEntry): ProblemEntry {
  const found = fault(entry.code, memberOf(entry));
  const said = NUMBER.exec(entry.detail)?.[0];
  const number = said && new Intl.NumberFormat(locale(), DIGITS).format(Number(said));
  const detail = found && whole(found, number === undefined ? {} : { number });
  return detail === undefined ? entry : { ...entry, detail };
}

/** "start" of `#/weekly/0/start` */
function memberOf({ pointer }: ProblemEntry): string {
  return (pointer ?? "").split(/[#/]/).findLast((step) => /^[a-z]/i.test(step)) ?? "";
}

function whole(sentence: string, values: Values): string | undefined {
  const words = filled(sentence, values);
  return /\{\w+\}/.test(words) ? undefined : words;
}

/** The problem's own members that can stand in a sentence: words, numbers and amounts. */
function placesOf(problem: Partial<Problem>, retryAfter: number | null): Values {
  const members = Object.entries(problem).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === "string" || typeof value === "number") return [[name, value] as const];
    return isMoney(value) ? [[name, formatMoney(value)] as const] : [];
  });
  const wait: Values = retryAfter === null ? {} : { retry_after: waitWords(retryAfter) };
  return { ...Object.fromEntries(members), ...wait };
}

function isMoney(value: unknown): value is Money {
  const { amount, currency } = (value ?? {}) as Partial<Money>;
  return Number.isSafeInteger(amount) && typeof currency === "string";
}

/** "40 Sekunden", "5 Minuten", "2 Stunden": at least as long as it takes. */
function waitWords(seconds: number): string {
  if (seconds < 2 * MINUTE) return inUnits(seconds, "second");
  if (seconds < 2 * HOUR) return inUnits(Math.ceil(seconds / MINUTE), "minute");
  return inUnits(Math.ceil(seconds / HOUR), "hour");
}

function inUnits(count: number, unit: string): string {
  const format = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(locale(), format).format(count);
}
