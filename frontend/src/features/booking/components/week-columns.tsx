import { Button } from "@/components/ui/button";
import { timesOf } from "@/features/booking/components/slot-list";
import type { SlotOut } from "@/lib/api-types";
import { weekdayBrief } from "@/features/booking/weekday";
import { cn } from "@/lib/cn";
import type { Day } from "@/lib/days";
import { t } from "@/lib/i18n";
import { nameOfDay } from "@/lib/time";

type WeekColumnsProps = {
  days: readonly Day[];
  slotsOf: (day: Day) => readonly SlotOut[];
  zone: string;
  today: Day;
  onChoose: (slot: SlotOut) => void;
};

/** A week side by side, where the screen is wide enough to compare days. */
export function WeekColumns({ days, slotsOf, zone, today, onChoose }: WeekColumnsProps) {
  return (
    <div className="grid grid-cols-7 gap-2">
      {days.map((day) => {
        const times = timesOf(slotsOf(day), zone);
        return (
          <section key={day} aria-label={nameOfDay(day)} className="grid content-start gap-2">
            <h3
              className={cn(
                "tabular grid justify-items-center rounded-md py-1.5 font-sans text-sm font-medium text-ink-soft",
                day === today && "bg-sunk text-ink",
              )}
            >
              <span className="text-xs">{weekdayBrief(day)}</span>
              <span className="text-lg font-semibold text-ink">{Number(day.slice(8))}</span>
            </h3>
            {times.length === 0 ? (
              <p className="py-2 text-center text-sm text-ink-soft">
                <span aria-hidden="true">–</span>
                <span className="sr-only">{t("Nothing free")}</span>
              </p>
            ) : (
              <ul className="grid gap-1.5">
                {times.map(({ slot, words }) => (
                  <li key={slot.starts_at}>
                    <Button
                      variant="secondary"
                      size="sm"
                      className="tabular w-full px-0 hover:border-accent hover:bg-accent-wash"
                      onClick={() => onChoose(slot)}
                    >
                      {words}
                    </Button>
                  </li>
                ))}
              </ul>
            )}
          </section>
        );
      })}
    </div>
  );
}
