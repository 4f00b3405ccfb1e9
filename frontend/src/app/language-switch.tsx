import { follow, language, LANGUAGES, ownName } from "@/lib/i18n";

/** The other languages of the app, for those who are not signed in. */
export function LanguageSwitch() {
  return (
    <ul className="flex justify-center gap-4 text-sm">
      {LANGUAGES.filter((one) => one !== language()).map((other) => (
        <li key={other}>
          <button
            type="button"
            lang={other}
            className="rounded-sm px-2 py-2 text-ink-soft underline underline-offset-4 hover:text-ink"
            onClick={() => follow(other)}
          >
            {ownName(other)}
          </button>
        </li>
      ))}
    </ul>
  );
}
