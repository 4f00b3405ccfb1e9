import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useChangePage } from "@/features/profile/api/page";
import { Conflict } from "@/features/profile/components/conflict";
import { subjectsOf } from "@/features/profile/subjects";
import type { OwnPageOut } from "@/lib/api-types";
import { perLocale, t } from "@/lib/i18n";
import { ApiError } from "@/lib/problem";
import { toast } from "@/lib/toast";
import { languageName } from "@/lib/words";

type Props = { page: OwnPageOut; tag: string; onReadAgain: () => Promise<void> };

const LONGEST_LOCATION = 80;

const series = perLocale((locale) => new Intl.ListFormat(locale, { type: "unit" }));

/** What is public at once. */
export function FactsForm({ page, tag, onReadAgain }: Props) {
  const change = useChangePage();
  const [location, setLocation] = useState(page.location);
  const [languages, setLanguages] = useState(page.languages.join(", "));
  const spoken = subjectsOf(languages);
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate(
      { body: { location: location.trim(), languages: spoken }, tag },
      { onSuccess: () => toast.success(t("Saved. Visitors see it now.")) },
    );
  };
  const refused =
    change.error instanceof ApiError &&
    change.error.errors.some(({ pointer }) => pointer?.startsWith("#/languages"));
  return (
    <form className="grid gap-5" onSubmit={save} noValidate>
      <div className="grid gap-1">
        <h2 className="text-lg">{t("Place and languages")}</h2>
        <p className="text-ink-soft">{t("Visitors see these as soon as you save them.")}</p>
      </div>
      <div className="grid items-start gap-5 sm:grid-cols-2">
        <Field label={t("Place")} optional hint={t("Where you are, such as London.")}>
          <Input
            value={location}
            maxLength={LONGEST_LOCATION}
            autoComplete="address-level2"
            onChange={(event) => setLocation(event.target.value)}
          />
        </Field>
        <Field
          label={t("Languages")}
          optional
          hint={
            spoken.length === 0
              ? t("Codes with commas between, such as en, fr.")
              : t("You speak {languages}.", {
                  languages: series().format(spoken.map(languageName)),
                })
          }
          error={
            refused ? t("Write codes such as en, fr or pt-BR, with commas between.") : undefined
          }
        >
          <Input
            value={languages}
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setLanguages(event.target.value)}
          />
        </Field>
      </div>
      {change.isError && !refused ? (
        <Conflict error={change.error} title={t("Nothing was saved")} onReadAgain={onReadAgain} />
      ) : null}
      <Button
        type="submit"
        variant="secondary"
        className="justify-self-start"
        busy={change.isPending}
      >
        {t("Save place and languages")}
      </Button>
    </form>
  );
}
