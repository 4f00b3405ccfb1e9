// Small words that several screens share.

import { perLocale, t, tn } from "@/lib/i18n";

const languages = perLocale(
  (locale) => new Intl.DisplayNames(locale, { type: "language", fallback: "code" }),
);
const lists = perLocale((locale) => new Intl.ListFormat(locale));

/** "French" for `fr`; the tag itself where it means nothing. */
export function languageName(tag: string): string {
  try {
    return languages().of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** "30 min", "1 hour", "1 h 30 min" */
export function durationWords(minutes: number): string {
  if (minutes < 60) return t("{minutes} min", { minutes });
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (rest > 0) return t("{hours} h {rest} min", { hours, rest });
  return tn(hours, "{count} hour", "{count} hours");
}

/** "French, German and Italian" */
export function listed(words: Iterable<string>): string {
  return lists().format(words);
}

/** "1 mentor", "3 mentors" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
