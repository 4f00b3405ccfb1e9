import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { PageHeading } from "@/components/ui/page-heading";
import { ZoneSelect } from "@/components/ui/zone-select";
import { useChangePerson } from "@/features/settings/api/person";
import { LanguageCard } from "@/features/settings/components/language-card";
import { useUser } from "@/lib/auth";
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
        <PageHeading title="Name and time zone" />
        <p className="text-ink-soft">
          You are signed in as <span className="break-all text-ink">{email}</span>.
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
  const wrong = name.trim() === "" ? "Write a name." : saidOf(change.error, "name");
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === "") return;
    change.mutate(
      { name: name.trim() },
      { onSuccess: (person) => toast.success(`You are ${person.name} from now on.`) },
    );
  };
  return (
    <Card>
      <form className="grid gap-3" onSubmit={send} noValidate aria-label="Name">
        <Field
          label="Your name"
          hint="The other person of a session sees it."
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
          <ErrorState error={change.error} title={`You are still ${saved}`} />
        ) : null}
        <Button
          type="submit"
          className="justify-self-start"
          busy={change.isPending}
          disabled={name.trim() === saved}
        >
          Save the name
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
      { onSuccess: () => toast.success(`Times are shown in ${cityOf(chosen)}.`) },
    );
  return (
    <Card className="grid gap-3">
      <Field
        label="Your time zone"
        hint={
          <>
            It is {formatInstant(now, zone)}. Sessions stay at their instant; they, and your
            e-mails, are told by this clock.
          </>
        }
      >
        <ZoneSelect
          value={zone}
          first={[{ label: "Now", zone: saved }]}
          onChange={(event) => choose(event.target.value)}
        />
      </Field>
      {here === zone ? null : (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-ink-soft">
          This device is set to {cityOf(here)}.
          <Button variant="secondary" size="sm" onClick={() => choose(here)}>
            Use {cityOf(here)}
          </Button>
        </p>
      )}
      {change.isError ? (
        <ErrorState error={change.error} title={`It is still ${cityOf(saved)}`} />
      ) : null}
    </Card>
  );
}
