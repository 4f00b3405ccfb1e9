import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useChangePerson } from "@/features/settings/api/person";
import type { UserOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";

type Language = UserOut["language"];

const NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };

/** Which language the reader's e-mails are written in; saved as soon as it is chosen. */
export function LanguageCard() {
  const { language } = useUser();
  const change = useChangePerson();
  const shown = (change.isPending ? change.variables.language : null) ?? language;
  return (
    <Card className="grid gap-3">
      <Field label="Language of your e-mails" hint="From the next e-mail on.">
        <Select
          value={shown}
          onChange={(event) => change.mutate({ language: event.target.value as Language })}
        >
          {(Object.keys(NAMES) as Language[]).map((code) => (
            <option key={code} value={code} lang={code}>
              {NAMES[code]}
            </option>
          ))}
        </Select>
      </Field>
      {change.isError ? (
        <ErrorState error={change.error} title={`It is still ${NAMES[language]}`} />
      ) : null}
    </Card>
  );
}
