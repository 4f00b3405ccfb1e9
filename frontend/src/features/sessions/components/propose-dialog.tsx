import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogFooter,
  DialogTrigger,
} from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { alternativesOf, usePropose } from "@/features/sessions/api/moving";
import { LONGEST_WORDS, MOST_STARTS } from "@/features/sessions/proposal";
import type { SessionOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { instantOf, localOf } from "@/lib/days";
import { t } from "@/lib/i18n";
import { cityOf, formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

/** A mentor proposes up to three other times, written by their own clock. */
export function ProposeDialog({ session }: { session: SessionOut }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="secondary">{t("Propose another time")}</Button>
      </DialogTrigger>
      <DialogContent
        title={t("Propose another time")}
        description={t("The session stays where it is until {name} accepts one of them.", {
          name: session.client.name,
        })}
      >
        {open ? <ProposeForm session={session} onDone={() => setOpen(false)} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function ProposeForm({ session, onDone }: { session: SessionOut; onDone: () => void }) {
  const { time_zone: zone } = useUser();
  const propose = usePropose(session.id);
  const [times, setTimes] = useState([localOf(session.starts_at, zone)]);
  const [message, setMessage] = useState("");
  const [tried, setTried] = useState(false);
  const others = alternativesOf(propose.error);
  const wrong = times.map((time) => problemOf(time, session, zone));

  const change = (place: number, time: string) =>
    setTimes(times.map((before, index) => (index === place ? time : before)));
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.some((problem) => problem !== undefined)) return;
    const starts_at = [...new Set(times.map((time) => instantOf(time, zone)))];
    propose.mutate(
      { starts_at, message: message.trim() },
      {
        onSuccess: () => {
          toast.success(t("{name} has your proposal.", { name: session.client.name }));
          onDone();
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      {times.map((time, place) => (
        <Field
          key={place}
          label={t("Time {number}, {city}", { number: place + 1, city: cityOf(zone) })}
          error={tried ? wrong[place] : undefined}
        >
          <Input
            type="datetime-local"
            value={time}
            min={localOf(new Date(serverNow()), zone)}
            onChange={(event) => change(place, event.target.value)}
          />
        </Field>
      ))}
      {times.length < MOST_STARTS ? (
        <Button
          variant="link"
          size="inline"
          className="justify-self-start"
          onClick={() => setTimes([...times, times.at(-1) ?? ""])}
        >
          {t("Add another time")}
        </Button>
      ) : null}
      <Field label={t("A few words for {name}", { name: session.client.name })} optional>
        <Textarea
          value={message}
          maxLength={LONGEST_WORDS}
          onChange={(event) => setMessage(event.target.value)}
        />
      </Field>
      {propose.isError ? (
        <ErrorState
          error={propose.error}
          title={t("Nothing was proposed yet")}
          action={others.map((other) => (
            <Button
              key={other.starts_at}
              variant="secondary"
              size="sm"
              onClick={() => setTimes([localOf(other.starts_at, zone)])}
            >
              {t("Use {when}", { when: formatInstant(other.starts_at, zone) })}
            </Button>
          ))}
        />
      ) : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Leave it as it is")}</Button>
        </DialogClose>
        <Button type="submit" busy={propose.isPending}>
          {times.length === 1 ? t("Propose this time") : t("Propose these times")}
        </Button>
      </DialogFooter>
    </form>
  );
}

function problemOf(time: string, session: SessionOut, zone: string): string | undefined {
  if (time === "") return t("Choose a day and a time.");
  const start = Date.parse(instantOf(time, zone));
  if (start <= serverNow()) return t("This time is over.");
  return start === Date.parse(session.starts_at) ? t("This is the present time.") : undefined;
}
