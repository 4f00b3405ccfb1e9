import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { PageHeading } from "@/components/ui/page-heading";
import { ZoneSelect } from "@/components/ui/zone-select";
import { Words } from "@/components/words";
import { useChangePerson } from "@/features/settings/api/person";
import { LanguageCard } from "@/features/settings/components/language-card";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { ApiError } from "@/lib/problem";
import { browserZone, cityOf, formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";
import { useNow } from "@/lib/use-now";

const LONGEST_NAME = 120;

/** What the reader is called, and whose clock their times are shown by. */
export function PersonPage() {
  const { email } = useUser();
  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <div className="grid gap-1">
        <PageHeading title={t("Name and time zone")} />
        <p className="text-ink-soft">
          <Words
            text="You are signed in as <email/>."
            parts={{ email: <span className="break-all text-ink">{email}</span> }}
          />
        </p>
      </div>
      <NameCard />
      <ZoneCard />
      <LanguageCard />
    </div>
  );
}

/** What the refusal says of the field, where it is about it. */
function saidOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return error.errors.find(({ pointer }) => pointer?.replace(/^#?\//, "") === field)?.detail;
}

function NameCard() {
  const { name: saved } = useUser();
  const change = useChangePerson();
  const [name, setName] = useState(saved);
  const [tried, setTried] = useState(false);
  const wrong = name.trim() === "" ? t("Write a name.") : saidOf(change.error, "name");
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === "") return;
    change.mutate(
      { name: name.trim() },
      {
        onSuccess: (person) =>
          toast.success(t("You are {name} from now on.", { name: person.name })),
      },
    );
  };
  return (
    <Card>
      <form className="grid gap-3" onSubmit={send} noValidate aria-label={t("Name")}>
        <Field
          label={t("Your name")}
          hint={t("The other person of a session sees it.")}
          error={tried ? wrong : undefined}
        >
          <Input
            value={name}
            autoComplete="name"
            maxLength={LONGEST_NAME}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        {change.isError && saidOf(change.error, "name") === undefined ? (
          <ErrorState error={change.error} title={t("You are still {name}", { name: saved })} />
        ) : null}
        <Button
          type="submit"
          className="justify-self-start"
          busy={change.isPending}
          disabled={name.trim() === saved}
        >
          {t("Save the name")}
        </Button>
      </form>
    </Card>
  );
}

/** Saved as soon as it is chosen; sessions keep their instant, only the clock is another. */
function ZoneCard() {
  const { time_zone: saved } = useUser();
  const change = useChangePerson();
  const now = useNow();
  const here = browserZone();
  const zone = (change.isPending ? change.variables.time_zone : null) ?? saved;
  const choose = (chosen: string) =>
    change.mutate(
      { time_zone: chosen },
      { onSuccess: () => toast.success(t("Times are shown in {city}.", { city: cityOf(chosen) })) },
    );
  return (
    <Card className="grid gap-3">
      <Field
        label={t("Your time zone")}
        hint={t(
          "It is {time}. Sessions stay at their instant; they, and your e-mails, are told by this clock.",
          { time: formatInstant(now, zone) },
        )}
      >
        <ZoneSelect
          value={zone}
          first={[{ label: t("Now"), zone: saved }]}
          onChange={(event) => choose(event.target.value)}
        />
      </Field>
      {here === zone ? null : (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-ink-soft">
          {t("This device is set to {city}.", { city: cityOf(here) })}
          <Button variant="secondary" size="sm" onClick={() => choose(here)}>
            {t("Use {city}", { city: cityOf(here) })}
          </Button>
        </p>
      )}
      {change.isError ? (
        <ErrorState error={change.error} title={t("It is still {city}", { city: cityOf(saved) })} />
      ) : null}
    </Card>
  );
}
