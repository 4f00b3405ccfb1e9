import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Calendar } from "@/features/booking/components/calendar";
import { SlotList, SlotListSkeleton } from "@/features/booking/components/slot-list";
import { ViewSwitch } from "@/features/booking/components/view-switch";
import { WeekColumns } from "@/features/booking/components/week-columns";
import type { View } from "@/features/booking/hooks/use-booker-address";
import type { Range } from "@/features/booking/hooks/range";
import type { MentorDetail, SessionOut, SlotOut } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import { type Day, dayOf } from "@/lib/days";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { cityOf, formatDay, formatInstant, formatTime } from "@/lib/time";
import { useArrived } from "@/lib/use-arrived";

/** `own` is the session that the reader holds there, if it is theirs. */
type MissedStart = { at: string; own: SessionOut | null };

type PickTimeProps = {
  mentor: MentorDetail;
  range: Range;
  slots: UseQueryResult<SlotOut[]>;
  zone: string;
  /** A start that the address names and that is not offered. */
  missed: MissedStart | null;
  onDay: (day: Day) => void;
  onView: (view: View) => void;
  onChoose: (slot: SlotOut) => void;
};

export function PickTime(props: PickTimeProps) {
  const { mentor, range, slots, zone, missed, onDay, onView, onChoose } = props;
  const arrived = useArrived(slots.data !== undefined);
  const known = arrived ? slots.data : undefined;
  const byDay = useMemo(() => groupByDay(known ?? [], zone), [known, zone]);
  const free = useMemo(() => new Map([...byDay].map(([day, all]) => [day, all.length])), [byDay]);
  const first = byDay.keys().next().value ?? null;
  const selected = range.date ?? first;
  const week = range.weeks[0] ?? [];
  const wide = range.view === "week";

  return (
    <div className="grid gap-5">
      {missed === null ? null : <Missed {...missed} zone={zone} />}
      <div className={cn("grid gap-6 lg:gap-8", !wide && "lg:grid-cols-[minmax(0,1fr)_16rem]")}>
        <div className="grid content-start gap-4">
          <Calendar
            title={range.title}
            weeks={range.weeks}
            free={free}
            today={range.today}
            selected={selected}
            loading={known === undefined && !slots.isError}
            onSelect={onDay}
            onMove={onDay}
            onPrevious={range.previous === null ? null : () => onDay(range.previous ?? range.today)}
            onNext={() => onDay(range.next)}
            narrowOnly={wide}
          >
            <ViewSwitch view={range.view} onView={onView} className="mr-2 hidden md:flex" />
          </Calendar>
          <ViewSwitch view={range.view} onView={onView} className="md:hidden" />
        </div>
        {slots.isError && slots.data === undefined ? (
          <ErrorState
            error={slots.error}
            title={t("The free times could not be loaded")}
            onRetry={() => void slots.refetch()}
            retrying={slots.isFetching}
          />
        ) : known === undefined ? (
          <SlotListSkeleton />
        ) : first === null ? (
          <NothingFree mentor={mentor} range={range} zone={zone} onDay={onDay} />
        ) : (
          <>
            {wide ? (
              <div className="hidden md:block">
                <WeekColumns
                  days={week}
                  slotsOf={(day) => byDay.get(day) ?? []}
                  zone={zone}
                  today={range.today}
                  onChoose={onChoose}
                />
              </div>
            ) : null}
            <DayTimes
              day={selected ?? first}
              slots={byDay.get(selected ?? first) ?? []}
              zone={zone}
              className={cn(wide && "md:hidden")}
              onChoose={onChoose}
            />
          </>
        )}
      </div>
    </div>
  );
}

function groupByDay(slots: readonly SlotOut[], zone: string): Map<Day, SlotOut[]> {
  const days = new Map<Day, SlotOut[]>();
  for (const slot of slots) {
    const day = dayOf(slot.starts_at, zone);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return days;
}

type DayTimesProps = {
  day: Day;
  slots: readonly SlotOut[];
  zone: string;
  className?: string;
  onChoose: (slot: SlotOut) => void;
};

function DayTimes({ day, slots, zone, className, onChoose }: DayTimesProps) {
  return (
    <section aria-labelledby="times-title" className={cn("grid content-start gap-4", className)}>
      <h2 id="times-title" aria-live="polite" className="text-lg">
        {formatDay(`${day}T12:00:00Z`, "UTC")}{" "}
        <span className="font-sans text-sm font-normal text-ink-soft">
          {t("{city} time", { city: cityOf(zone) })}
        </span>
      </h2>
      {slots.length === 0 ? (
        <p className="text-ink-soft">{t("Nothing is free on this day. Choose a coloured one.")}</p>
      ) : (
        <SlotList slots={slots} zone={zone} onChoose={onChoose} />
      )}
    </section>
  );
}

type NothingFreeProps = {
  mentor: MentorDetail;
  range: Range;
  zone: string;
  onDay: (day: Day) => void;
};

/** No free time on the days shown: when there is one, or where else to look. */
function NothingFree({ mentor, range, zone, onDay }: NothingFreeProps) {
  const next = mentor.next_free_at;
  const ahead = next !== null && dayOf(next, zone) > range.days.last;
  return (
    <EmptyState
      className="px-4"
      title={
        range.view === "week" ? t("Nothing free in this week") : t("Nothing free in these weeks")
      }
      action={
        ahead ? (
          <Button onClick={() => onDay(dayOf(next, zone))}>
            {t("Go to {day}, {time}", { day: formatDay(next, zone), time: formatTime(next, zone) })}
          </Button>
        ) : (
          <>
            <Button onClick={() => onDay(range.next)}>{t("Look further ahead")}</Button>
            <Button variant="secondary" asChild>
              <Link to={paths.mentors()}>{t("Find another mentor")}</Link>
            </Button>
          </>
        )
      }
    >
      {next === null
        ? t("{name} has no free time at present.", { name: mentor.name })
        : t("The next free time is {when}.", { when: formatInstant(next, zone) })}
    </EmptyState>
  );
}

/** The address names a time that is not offered: perhaps it is held by this very person. */
function Missed({ at, own, zone }: MissedStart & { zone: string }) {
  if (own) {
    return (
      <Alert tone="info" title={t("You hold {when}", { when: formatInstant(at, zone) })}>
        <p>
          {own.expires_at === null
            ? t("It waits for your payment.")
            : t("It waits for your payment until {time}.", {
                time: formatTime(own.expires_at, zone),
              })}{" "}
          <Link to={paths.pay(own.id)}>{t("Go on to the payment")}</Link>
        </p>
      </Alert>
    );
  }
  return (
    <Alert tone="warning" title={t("{when} is no longer free", { when: formatInstant(at, zone) })}>
      {t("Choose another time. Nothing was booked and nothing was charged.")}
    </Alert>
  );
}
