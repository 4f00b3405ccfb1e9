import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Calendar } from "@/features/booking/components/calendar";
import { SlotList, SlotListSkeleton } from "@/features/booking/components/slot-list";
import { rangeFor } from "@/features/booking/hooks/range";
import type { BookerAddress } from "@/features/booking/hooks/use-booker-address";
import { moveSlotsQuery } from "@/features/sessions/api/moving";
import type { SessionOut, SlotOut } from "@/lib/api-types";
import { type Day, dayOf } from "@/lib/days";
import { t } from "@/lib/i18n";
import { cityOf, formatDay } from "@/lib/time";

type PickSlotProps = {
  session: SessionOut;
  address: BookerAddress;
  onDay: (day: Day) => void;
  onChoose: (slot: SlotOut) => void;
};

/** The days and times that the session may move to, by the reader's clock. */
export function PickSlot({ session, address, onDay, onChoose }: PickSlotProps) {
  const { zone } = address;
  const range = rangeFor({ address, nextFree: session.starts_at });
  const slots = useQuery(moveSlotsQuery({ id: session.id, ...range.days, zone }));
  const byDay = useMemo(
    () => othersByDay(session, slots.data ?? [], zone),
    [session, slots.data, zone],
  );
  const free = new Map([...byDay].map(([day, all]) => [day, all.length]));
  const selected = range.date ?? byDay.keys().next().value ?? null;
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_18rem] lg:gap-8">
      <div className="grid content-start">
        <Calendar
          title={range.title}
          weeks={range.weeks}
          free={free}
          today={range.today}
          selected={selected}
          loading={slots.isPending}
          narrowOnly={false}
          onSelect={onDay}
          onMove={onDay}
          onPrevious={range.previous === null ? null : () => onDay(range.previous ?? range.today)}
          onNext={() => onDay(range.next)}
        />
      </div>
      {/* As high as most days' times, so that a phone's page does not jump. */}
      <div className="grid min-h-96 content-start gap-4">
        <h2 id="times-title" aria-live="polite" className="text-lg">
          {selected === null ? t("Times") : formatDay(`${selected}T12:00:00Z`, "UTC")}{" "}
          <span className="font-sans text-sm font-normal text-ink-soft">
            {t("{city} time", { city: cityOf(zone) })}
          </span>
        </h2>
        {slots.isPending ? (
          <SlotListSkeleton />
        ) : slots.data === undefined ? (
          <ErrorState
            error={slots.error}
            title={t("The free times could not be loaded")}
            onRetry={() => void slots.refetch()}
            retrying={slots.isFetching}
          />
        ) : free.size === 0 ? (
          <EmptyState
            className="px-4"
            title={t("Nothing free in these weeks")}
            action={<Button onClick={() => onDay(range.next)}>{t("Look further ahead")}</Button>}
          >
            {t("Your session stays where it is.")}
          </EmptyState>
        ) : selected === null || !byDay.has(selected) ? (
          <p className="text-ink-soft">
            {t("Nothing is free on this day. Choose a coloured one.")}
          </p>
        ) : (
          <SlotList slots={byDay.get(selected) ?? []} zone={zone} onChoose={onChoose} />
        )}
      </div>
    </div>
  );
}

/** Its own time counts as free, and is no move. */
function othersByDay(session: SessionOut, slots: SlotOut[], zone: string): Map<Day, SlotOut[]> {
  const now = Date.parse(session.starts_at);
  const days = new Map<Day, SlotOut[]>();
  for (const slot of slots) {
    if (Date.parse(slot.starts_at) === now) continue;
    const day = dayOf(slot.starts_at, zone);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return days;
}
