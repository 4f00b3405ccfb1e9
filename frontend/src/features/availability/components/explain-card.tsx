import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { ZonedTime } from "@/components/ui/zoned-time";
import { Words } from "@/components/words";
import { explainQuery, type Start } from "@/features/availability/api/seen";
import { Section } from "@/features/availability/components/parts";
import { instantOf, isDay } from "@/lib/days";
import { t } from "@/lib/i18n";
import { cityOf } from "@/lib/time";

// So much that what is below does not move when the answer comes.
const ROOM = "min-h-60 sm:min-h-32";

type ExplainCardProps = { type: string; zone: string };

/** Asks of one start whether clients are offered it, and if not, why and what would help. */
export function ExplainCard({ type, zone }: ExplainCardProps) {
  const [day, setDay] = useState("");
  const [time, setTime] = useState("");
  const [tried, setTried] = useState(false);
  const [asked, setAsked] = useState<Start | null>(null);
  const city = cityOf(zone);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isDay(day) && time !== "") setAsked({ type, at: instantOf(`${day}T${time}`, zone) });
  };
  return (
    <Section
      title={t("Why is a time not offered?")}
      about={t(
        "Write when a session would begin. You read what stands in its way, and what helps.",
      )}
    >
      <form className="flex flex-wrap items-start gap-3" onSubmit={send} noValidate>
        <Field
          label={t("Day")}
          error={tried && !isDay(day) ? t("Choose the day.") : undefined}
          className="flex-1 basis-36"
        >
          <Input
            type="date"
            required
            value={day}
            onChange={(event) => setDay(event.target.value)}
          />
        </Field>
        <Field
          label={t("Time ({city} time)", { city })}
          error={tried && time === "" ? t("Write the time.") : undefined}
          className="flex-1 basis-36"
        >
          <Input
            type="time"
            required
            value={time}
            onChange={(event) => setTime(event.target.value)}
          />
        </Field>
        <Button type="submit" className="self-end">
          {t("Ask")}
        </Button>
      </form>
      <div className={ROOM}>
        {asked === null ? (
          <p className="text-ink-soft">{t("The answer will stand here.")}</p>
        ) : (
          <Answer start={asked} zone={zone} />
        )}
      </div>
    </Section>
  );
}

function Answer({ start, zone }: { start: Start; zone: string }) {
  const found = useQuery(explainQuery(start));
  if (found.isError) {
    return (
      <ErrorState
        error={found.error}
        title={t("That could not be found out")}
        onRetry={() => void found.refetch()}
        retrying={found.isFetching}
      />
    );
  }
  if (found.data === undefined) {
    return (
      <Loading what={t("the answer")}>
        <Skeleton className="h-24" />
      </Loading>
    );
  }
  const { at, offered, detail, advice } = found.data;
  return offered ? (
    <Alert
      tone="success"
      title={
        <Words
          text="Clients can book <time/>"
          parts={{ time: <ZonedTime start={at} zone={zone} /> }}
        />
      }
    >
      {t("Nothing stands in the way of this start.")}
    </Alert>
  ) : (
    <Alert
      tone="info"
      title={
        <Words
          text="Clients are not offered <time/>"
          parts={{ time: <ZonedTime start={at} zone={zone} /> }}
        />
      }
    >
      <p>{detail}</p>
      {advice === "" ? null : <p className="mt-2 font-medium">{advice}</p>}
    </Alert>
  );
}
