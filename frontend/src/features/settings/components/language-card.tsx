import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useChangePerson } from "@/features/settings/api/person";
import { useUser } from "@/lib/auth";
import { follow, type Language, LANGUAGES, ownName, t } from "@/lib/i18n";

/**
 * Which language the app and the reader's e-mails speak; saved as soon as it is chosen. The page is
 * then loaded anew in it.
 */
export function LanguageCard() {
  const { language } = useUser();
  const change = useChangePerson();
  const shown = (change.isPending ? change.variables.language : null) ?? language;
  return (
    <Card className="grid gap-3">
      <Field
        label={t("Your language")}
        hint={t("Of this app, and of your e-mails from the next one on.")}
      >
        <Select
          value={shown}
          onChange={(event) =>
            change.mutate(
              { language: event.target.value as Language },
              { onSuccess: (saved) => follow(saved.language) },
            )
          }
        >
          {LANGUAGES.map((code) => (
            <option key={code} value={code} lang={code}>
              {ownName(code)}
            </option>
          ))}
        </Select>
      </Field>
      {change.isError ? (
        <ErrorState
          error={change.error}
          title={t("It is still {language}", { language: ownName(language) })}
        />
      ) : null}
    </Card>
  );
}
