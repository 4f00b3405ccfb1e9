import { RefreshCw, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Words } from "@/components/words";
import { useRefreshCalendar, useRemoveCalendar } from "@/features/availability/api/calendars";
import { ConfirmDialog } from "@/features/availability/components/confirm-dialog";
import { isBeingAsked } from "@/features/availability/words";
import type { CalendarOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { t, tn } from "@/lib/i18n";
import { formatInstant } from "@/lib/time";

type CalendarRowProps = { calendar: CalendarOut; onRemoved: () => void };

/** How one calendar stands: what it blocks, when it was read, and what is wrong with it. */
export function CalendarRow({ calendar, onRemoved }: CalendarRowProps) {
  const { name, host } = calendar;
  const refresh = useRefreshCalendar(calendar.id);
  const asked = isBeingAsked(calendar, serverNow());
  const state = stateOf(calendar, asked);
  return (
    <article aria-label={name} className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="min-w-0 text-base break-words">{name}</h3>
        <Badge tone={state.tone}>{state.word}</Badge>
      </div>
      <Facts calendar={calendar} />
      {refresh.isError ? (
        <ErrorState error={refresh.error} title={t("{name} was not asked", { name })} />
      ) : null}
      <div className="flex flex-wrap gap-2">
        {host === null ? null : (
          <Button
            variant="secondary"
            size="sm"
            className="min-h-11"
            busy={refresh.isPending || asked}
            onClick={() => refresh.mutate()}
          >
            {refresh.isPending || asked ? null : <RefreshCw aria-hidden="true" />}
            {t("Read it now")}
            <span className="sr-only">: {name}</span>
          </Button>
        )}
        <Remove calendar={calendar} onRemoved={onRemoved} />
      </div>
    </article>
  );
}

function stateOf({ status }: CalendarOut, asked: boolean): { word: string; tone: Tone } {
  if (asked) return { word: t("Being read"), tone: "info" };
  if (status === "failing") return { word: t("Cannot be read"), tone: "danger" };
  return status === "good"
    ? { word: t("Read"), tone: "success" }
    : { word: t("Waits"), tone: "quiet" };
}

function Facts({ calendar }: { calendar: CalendarOut }) {
  const { time_zone: zone } = useUser();
  const { host, received_at, checked_at, failing_since, error, left_out, busy_times } = calendar;
  return (
    <div className="grid gap-2 text-sm">
      <p className="break-words text-ink-soft">
        {host === null
          ? t("A file that you brought in.")
          : t("From {host}, asked every hour.", { host })}{" "}
        {received_at === null
          ? t("Nothing has come from it yet.")
          : tn(
              busy_times,
              "It blocks {count} time of yours, as of {time}.",
              "It blocks {count} times of yours, as of {time}.",
              { time: formatInstant(received_at, zone) },
            )}{" "}
        {checked_at === null
          ? null
          : t("Asked last {time}.", { time: formatInstant(checked_at, zone) })}
      </p>
      {error === null ? null : (
        <p className="rounded-md bg-danger-bg p-3 break-words text-danger">
          {failing_since === null
            ? null
            : `${t("It cannot be read since {time}.", { time: formatInstant(failing_since, zone) })} `}
          {error} {received_at === null ? null : t("What came before keeps counting.")}
        </p>
      )}
      {left_out.length === 0 ? null : (
        <details>
          <summary className="min-h-6 cursor-pointer">
            {tn(left_out.length, "{count} entry was left out", "{count} entries were left out")}
          </summary>
          <ul className="mt-1 list-disc pl-5">
            {left_out.map((why) => (
              <li key={why} className="break-words">
                {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Remove({ calendar: { id, name }, onRemoved }: CalendarRowProps) {
  const [open, setOpen] = useState(false);
  const remove = useRemoveCalendar(id);
  const button = useRef<HTMLButtonElement>(null);
  const gone = useRef(false);
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        gone.current = true;
        setOpen(false);
      },
    });
  return (
    <>
      <Button
        ref={button}
        variant="ghost"
        size="sm"
        className="min-h-11"
        onClick={() => setOpen(true)}
      >
        <Trash2 aria-hidden="true" />
        <Words
          text="Remove <name>{name}</name>"
          values={{ name }}
          parts={{ name: <span className="sr-only" /> }}
        />
      </Button>
      <ConfirmDialog
        open={open}
        title={t("Remove {name}?", { name })}
        about={t(
          "Clients are offered its times again at once. The calendar itself stays as it is.",
        )}
        action={t("Remove it")}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={confirm}
        onClose={() => {
          remove.reset();
          setOpen(false);
        }}
        onGone={() => (gone.current ? onRemoved() : button.current?.focus())}
      />
    </>
  );
}
