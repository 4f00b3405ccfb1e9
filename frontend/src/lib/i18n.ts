// The app's words in the reader's language. English is written where it is shown and is the key of
// the German catalogue (src/german), which is fetched only for those who read German. The language
// is settled before the first render and changes with the next load of the page, so that no screen
// is in two languages at once. See docs/adr/0047-the-app-in-two-languages.md.

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A translation; two forms (one, other) where the words depend on a count. */
export type Entry = string | readonly [one: string, other: string];
export type Catalogue = ReadonlyMap<string, Entry>;
export type Values = Readonly<Record<string, string | number>>;
/** What a refusal of the API is called and says, by its `code`. */
/** The first of the details whose places are all filled is shown. */
export type Refusal = readonly [title: string, detail: string, ...others: string[]];
export type Refusals = ReadonlyMap<string, Refusal>;
/** What is wrong with a value, by the fault's `code`, or by `code/member` where that says more. */
export type Faults = ReadonlyMap<string, string>;

const NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };
const LOCALES: Record<Language, string> = { en: "en-GB", de: "de-DE" };
const KEPT = "language";

let spoken: Language = "en";
let asked: Language = "en"; // not spoken where its words could not be had
let catalogue: Catalogue = new Map();
let refusals: Refusals = new Map();
let faults: Faults = new Map();
let plurals = new Intl.PluralRules(LOCALES.en);

/** The language that this page speaks. */
export function language(): Language {
  return spoken;
}

/** Its locale, for the browser's own formats of days and numbers. */
export function locale(): string {
  return LOCALES[spoken];
}

/** What is made once for each locale, such as one of the browser's formats. */
export function perLocale<Made>(make: (locale: string) => Made): () => Made {
  const made = new Map<string, Made>();
  return () => {
    const found = made.get(locale()) ?? make(locale());
    made.set(locale(), found);
    return found;
  };
}

/** "Deutsch": a language in its own words. */
export function ownName(of: Language): string {
  return NAMES[of];
}

/** The one chosen here before; else the first of the browser's languages that the app speaks. */
export function preferred(): Language {
  const wanted = [kept(), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find(isLanguage) ?? "en";
}

function isLanguage(name: string | null): name is Language {
  return LANGUAGES.some((known) => known === name);
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // no storage here: the browser's languages say it
  }
}

/** Fetch the words and speak this language from now on; English where they cannot be had. */
export async function speak(wanted: Language): Promise<void> {
  asked = wanted;
  let german: typeof import("@/german/catalogue") | null = null;
  let spoke = wanted;
  if (wanted === "de") {
    try {
      german = await import("@/german/catalogue");
    } catch {
      spoke = "en";
    }
  }
  spoken = spoke;
  catalogue = german?.catalogue ?? new Map();
  refusals = german?.refusals ?? new Map();
  faults = german?.faults ?? new Map();
  plurals = new Intl.PluralRules(LOCALES[spoke]);
  if (typeof document === "object") say(spoke);
}

/** To whatever reads the page, and to the system that may install it. */
function say(spoke: Language): void {
  document.documentElement.lang = spoke;
  const manifest = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
  if (manifest === null) return;
  const address = new URL(manifest.href);
  address.searchParams.set("lang", spoke);
  manifest.href = address.href;
}

/** Speak this language from the next load of a page on. */
export function remember(wanted: Language): void {
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // A browser that keeps nothing stays with its own language.
  }
}

/**
 * Speak this language now: the page is loaded anew where it was asked for another. Only for moments
 * in which nothing that was typed is lost. Where nothing is kept, or the words of the language
 * cannot be had, the page stays as it is rather than being loaded for ever.
 */
export function follow(wanted: Language, load: () => void = () => location.reload()): void {
  remember(wanted);
  if (wanted !== asked && kept() === wanted) load();
}

/** A text for `t` that is written down away from where it is shown, in a table of words. */
export function msg(english: string): string {
  return english;
}

/** The text in the reader's language; `{name}` stands for a value: `t("Hello {name}", { name })`. */
export function t(english: string, values: Values = {}): string {
  const found = catalogue.get(english);
  return filled(typeof found === "string" ? found : english, values);
}

/**
 * The text for a count: `tn(3, "{count} mentor", "{count} mentors")`. Both forms are written out;
 * the second is the key.
 */
export function tn(count: number, one: string, other: string, values: Values = {}): string {
  const found = catalogue.get(other);
  const [single, several] = typeof found === "object" ? found : [one, other];
  return filled(plurals.select(count) === "one" ? single : several, { count, ...values });
}

/** The reader's words for a refusal of the API; none where its own are theirs. */
export function refusal(code: string): Refusal | undefined {
  return refusals.get(code);
}

/** The reader's words for what is wrong with a member of what was sent; none as above. */
export function fault(code: string, member: string): string | undefined {
  return faults.get(`${code}/${member}`) ?? faults.get(code) ?? refusals.get(code)?.[1];
}

/**
 * Put the values in their places. A place without a value stays as it is written. A value that ends
 * on a point ("24. Nov.") takes that of the sentence with it.
 */
export function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}(\.?)/g, (whole, name: string, point: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    const words = String(value);
    return words.endsWith(".") ? words : words + point;
  });
}
