// Small words that several screens share.

const languages = new Intl.DisplayNames("en-GB", { type: "language", fallback: "code" });

/** "French" for `fr`; the tag itself where it means nothing. */
export function languageName(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** "30 min", "1 hour", "1 h 30 min" */
export function durationWords(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (rest > 0) return `${hours} h ${rest} min`;
  return hours === 1 ? "1 hour" : `${hours} hours`;
}

/** "1 mentor", "3 mentors" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
