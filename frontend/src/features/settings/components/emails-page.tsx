import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import { Words } from "@/components/words";
import { type Kind, switchesQuery, useSwitch } from "@/features/settings/api/notifications";
import { LanguageCard } from "@/features/settings/components/language-card";
import { useUser } from "@/lib/auth";
import { msg, t } from "@/lib/i18n";

type Choice = { kind: Kind; title: string; about: string };

const CHOICES: readonly Choice[] = [
  {
    kind: "reminder_day",
    title: msg("A day before a session"),
    about: msg("A reminder with its time and the way to it."),
  },
  {
    kind: "reminder_hour",
    title: msg("An hour before a session"),
    about: msg("The last reminder before it begins."),
  },
  {
    kind: "message_digest",
    title: msg("Unread messages"),
    about: msg("One e-mail for all that wait, at most every four hours."),
  },
];

const ALWAYS: readonly string[] = [
  msg("Bookings, changes and cancellations of your sessions"),
  msg("Receipts, refunds and payouts"),
  msg("Codes, sign-ins and changes of your account"),
];

/** Which e-mails the reader gets: what can be switched, and what is always sent. */
export function EmailsPage() {
  const { email } = useUser();
  const switches = useQuery(switchesQuery);
  const on = switches.data?.on;
  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <div className="grid gap-1">
        <PageHeading title={t("E-mails")} />
        <p className="text-ink-soft">
          <Words
            text="They go to <email/>."
            parts={{ email: <span className="break-all text-ink">{email}</span> }}
          />
        </p>
      </div>
      {on === undefined && switches.isError ? (
        <ErrorState
          error={switches.error}
          title={t("Your choice could not be read")}
          onRetry={() => void switches.refetch()}
          retrying={switches.isFetching}
        />
      ) : (
        <Card className="p-0 sm:p-0">
          <h2 className="px-5 pt-5 text-lg sm:px-6">{t("You choose")}</h2>
          {on === undefined ? (
            <Loading what={t("your choice")}>
              <ul className="divide-y divide-line">
                {CHOICES.map((choice) => (
                  <li key={choice.kind} className={ROW}>
                    <ChoiceWords choice={choice} />
                    <Skeleton className="h-7 w-12 rounded-full" />
                  </li>
                ))}
              </ul>
            </Loading>
          ) : (
            <ul className="divide-y divide-line">
              {CHOICES.map((choice) => (
                <SwitchRow key={choice.kind} choice={choice} saved={on[choice.kind]} />
              ))}
            </ul>
          )}
        </Card>
      )}
      <LanguageCard />
      <section className="grid gap-2">
        <h2 className="text-lg">{t("Always sent")}</h2>
        <p className="text-ink-soft">
          {t("What you have to know comes whatever you choose above.")}
        </p>
        <ul className="list-disc pl-5">
          {ALWAYS.map((words) => (
            <li key={words}>{t(words)}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

const ROW = "flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-4 sm:px-6";

function SwitchRow({ choice, saved }: { choice: Choice; saved: boolean }) {
  const id = useId();
  const change = useSwitch(choice.kind);
  const shown = change.isPending ? change.variables : saved;
  return (
    <li className={ROW}>
      <ChoiceWords choice={choice} id={id} />
      <Switch
        id={id}
        aria-describedby={`${id}-about`}
        checked={shown}
        onCheckedChange={(on) => change.mutate(on)}
      />
      {change.isError ? (
        <ErrorState
          className="w-full"
          error={change.error}
          title={saved ? t("This is still on") : t("This is still off")}
        />
      ) : null}
    </li>
  );
}

function ChoiceWords({ choice, id }: { choice: Choice; id?: string }) {
  return (
    <div className="min-w-0 flex-1">
      <label htmlFor={id} className="block font-medium">
        {t(choice.title)}
      </label>
      <p id={id ? `${id}-about` : undefined} className="text-sm text-ink-soft">
        {t(choice.about)}
      </p>
    </div>
  );
}
