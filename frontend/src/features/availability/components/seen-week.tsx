import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { weekQuery } from "@/features/availability/api/seen";
import { Section } from "@/features/availability/components/parts";
import type { SlotOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { addDays, type Day, dayOf, weekdayOf } from "@/lib/days";
import { t } from "@/lib/i18n";
import { cityOf, formatDay, formatTime, nameOfDay } from "@/lib/time";

type SeenWeekProps = { slug: string; type: string; zone: string };

const WEEK = 7;

/** The free starts of one week, from the next Monday on, as visitors get them. */
export function SeenWeek({ slug, type, zone }: SeenWeekProps) {
  const today = dayOf(new Date(serverNow()), zone);
  const present = addDays(today, -weekdayOf(today));
  const [first, setFirst] = useState(addDays(present, WEEK));
  const move = (days: number) => setFirst((old) => addDays(old, days));
  return (
    <Section
      title={t("A week as clients see it")}
      about={t(
        "The times at which this session can begin, in {city} time. Clients see them by their own clock.",
        { city: cityOf(zone) },
      )}
    >
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3
          aria-live="polite"
          className="min-w-0 flex-1 basis-48 font-sans text-base font-semibold"
        >
          {t("Week of {day}", { day: nameOfDay(first) })}
        </h3>
        <div className="flex gap-2">
          <Button
            variant="secondary"
            size="icon"
            aria-label={t("The week before")}
            disabled={first <= present}
            onClick={() => move(-WEEK)}
          >
            <ChevronLeft aria-hidden="true" />
          </Button>
          <Button
            variant="secondary"
            size="icon"
            aria-label={t("The week after")}
            onClick={() => move(WEEK)}
          >
            <ChevronRight aria-hidden="true" />
          </Button>
        </div>
      </div>
      <Days slug={slug} type={type} zone={zone} first={first} />
    </Section>
  );
}

function Days({ first, zone, ...week }: SeenWeekProps & { first: Day }) {
  const slots = useQuery(weekQuery({ ...week, first, zone }));
  const days = Array.from({ length: WEEK }, (_, index) => addDays(first, index));
  if (slots.isPending) {
    return (
      <Loading what={t("the week")} className="grid gap-3">
        {days.map((day) => (
          <Skeleton key={day} className="h-10" />
        ))}
      </Loading>
    );
  }
  if (slots.data === undefined) {
    return (
      <ErrorState
        error={slots.error}
        title={t("The week could not be read")}
        onRetry={() => void slots.refetch()}
        retrying={slots.isFetching}
      />
    );
  }
  if (slots.data.length === 0) {
    return (
      <p className="text-ink-soft">
        {t("Clients are offered nothing in this week. Ask above why a time is missing.")}
      </p>
    );
  }
  return (
    <dl className="divide-y divide-line">
      {days.map((day) => (
        <DayRow
          key={day}
          day={day}
          slots={slots.data.filter((slot) => dayOf(slot.starts_at, zone) === day)}
          zone={zone}
        />
      ))}
    </dl>
  );
}

type DayRowProps = { day: Day; slots: readonly SlotOut[]; zone: string };

function DayRow({ day, slots, zone }: DayRowProps) {
  return (
    <div className="grid gap-1 py-3 sm:grid-cols-[8rem_1fr]">
      <dt className="font-medium">{formatDay(`${day}T12:00:00Z`, "UTC")}</dt>
      <dd className="tabular min-w-0">
        {slots.length === 0 ? (
          <span className="text-ink-soft">{t("Nothing")}</span>
        ) : (
          <ul className="flex flex-wrap gap-x-3 gap-y-1">
            {slots.map((slot) => (
              <li key={slot.starts_at}>
                <time dateTime={slot.starts_at}>{formatTime(slot.starts_at, zone)}</time>
              </li>
            ))}
          </ul>
        )}
      </dd>
    </div>
  );
}
