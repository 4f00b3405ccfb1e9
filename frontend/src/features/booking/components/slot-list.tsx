import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import type { SlotOut } from "@/lib/api-types";
import { msg, t, tn } from "@/lib/i18n";
import { formatTime, offsetOf } from "@/lib/time";

type SlotListProps = {
  slots: readonly SlotOut[];
  zone: string;
  onChoose: (slot: SlotOut) => void;
};

const PARTS = [
  { name: msg("Night"), from: "00:00" },
  { name: msg("Morning"), from: "06:00" },
  { name: msg("Afternoon"), from: "12:00" },
  { name: msg("Evening"), from: "18:00" },
] as const;

/** One day's free times, by the part of the day. */
export function SlotList({ slots, zone, onChoose }: SlotListProps) {
  return (
    <div className="grid gap-4">
      {byPart(slots, zone).map(([part, times]) => (
        <section key={part} aria-label={t(part)} className="grid gap-2">
          <h3 className="font-sans text-sm font-medium text-ink-soft">{t(part)}</h3>
          <ul className="grid grid-cols-3 gap-2 sm:grid-cols-4 lg:grid-cols-2 xl:grid-cols-3">
            {times.map(({ slot, words }) => (
              <li key={slot.starts_at}>
                <Button
                  variant="secondary"
                  className="tabular w-full px-1 hover:border-accent hover:bg-accent-wash"
                  onClick={() => onChoose(slot)}
                >
                  {slot.seats_left == null ? (
                    words
                  ) : (
                    <span className="grid">
                      {words}
                      <span className="text-xs font-normal text-ink-soft">
                        {tn(slot.seats_left, "{count} seat left", "{count} seats left")}
                      </span>
                    </span>
                  )}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

type Time = { slot: SlotOut; words: string };

function byPart(slots: readonly SlotOut[], zone: string): [string, Time[]][] {
  const parts = new Map<string, Time[]>();
  for (const time of timesOf(slots, zone)) {
    const part = PARTS.findLast(({ from }) => from <= time.words) ?? PARTS[0];
    parts.set(part.name, [...(parts.get(part.name) ?? []), time]);
  }
  return [...parts];
}

/** Where the clock is turned back an hour comes twice: then each says which one it is. */
export function timesOf(slots: readonly SlotOut[], zone: string): Time[] {
  const shown = slots.map((slot) => formatTime(slot.starts_at, zone));
  return slots.map((slot, index) => {
    const time = shown[index] ?? "";
    const twice = shown.indexOf(time) !== shown.lastIndexOf(time);
    return { slot, words: twice ? `${time} ${offsetOf(zone, slot.starts_at)}` : time };
  });
}

export function SlotListSkeleton() {
  return (
    <Loading what={t("the free times")} className="grid gap-4">
      <Skeleton className="h-5 w-20" />
      <div className="grid grid-cols-3 gap-2 sm:grid-cols-4 lg:grid-cols-2 xl:grid-cols-3">
        {Array.from({ length: 9 }, (_, index) => (
          <Skeleton key={index} className="h-11 rounded-md" />
        ))}
      </div>
    </Loading>
  );
}
