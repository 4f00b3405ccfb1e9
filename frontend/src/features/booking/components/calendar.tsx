import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { weekdayBrief, weekdayName } from "@/features/booking/weekday";
import { cn } from "@/lib/cn";
import { addDays, addMonths, type Day, monthOf, sameDayOf, weekdayOf } from "@/lib/days";
import { t, tn } from "@/lib/i18n";
import { nameOfDay } from "@/lib/time";

type CalendarProps = {
  title: string;
  weeks: readonly (readonly Day[])[];
  /** How many times are free, by day. */
  free: ReadonlyMap<Day, number>;
  today: Day;
  selected: Day | null;
  loading: boolean;
  /** The days stand elsewhere on a wide screen. */
  narrowOnly: boolean;
  /** Beside the arrows. */
  children?: ReactNode;
  onSelect: (day: Day) => void;
  /** Show the days around `day` and have the keyboard's place on it. */
  onMove: (day: Day) => void;
  onPrevious: (() => void) | null;
  onNext: () => void;
};

/** The days with free times, as a grid for pointer and keyboard (arrows, Home, End, Page keys). */
export function Calendar(props: CalendarProps) {
  const { title, weeks, free, today, selected, loading, onSelect, onPrevious, onNext } = props;
  const grid = useRef<HTMLTableElement>(null);
  const wanted = useRef<Day | null>(null);
  const days = weeks.flat();
  const focusable = place(days, selected, free, today);

  // Only after a key: a click elsewhere must not pull the focus here. The day comes back by the
  // address, some renders later.
  useEffect(() => {
    if (wanted.current === null || wanted.current !== selected) return;
    grid.current?.querySelector<HTMLElement>(`[data-day="${selected}"]`)?.focus();
    wanted.current = null;
  });

  const byKey = (event: KeyboardEvent, day: Day) => {
    const to = target(event.key, day);
    if (to === null) return;
    event.preventDefault();
    if (to < today) return;
    wanted.current = to;
    props.onMove(to);
  };

  return (
    <div className="grid gap-2">
      <div className="flex items-center justify-between">
        <h2 id="calendar-title" aria-live="polite" className="text-lg">
          {title}
        </h2>
        <div className="flex items-center gap-1">
          {props.children}
          <Button
            variant="ghost"
            size="icon"
            aria-label={t("Earlier")}
            disabled={onPrevious === null}
            onClick={() => onPrevious?.()}
          >
            <ChevronLeft aria-hidden="true" />
          </Button>
          <Button variant="ghost" size="icon" aria-label={t("Later")} onClick={onNext}>
            <ChevronRight aria-hidden="true" />
          </Button>
        </div>
      </div>
      <table
        ref={grid}
        role="grid"
        aria-labelledby="calendar-title"
        aria-busy={loading}
        className={cn(
          "w-full table-fixed border-separate border-spacing-1",
          props.narrowOnly && "md:hidden",
        )}
      >
        <thead>
          <tr>
            {weeks[0]?.map((day) => (
              <th
                key={weekdayName(day)}
                scope="col"
                abbr={weekdayName(day)}
                className="pb-1 text-xs font-medium text-ink-soft"
              >
                {weekdayBrief(day)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <td key={day} aria-selected={day === selected} className="p-0">
                  <DayButton
                    day={day}
                    count={free.get(day) ?? 0}
                    today={today}
                    selected={day === selected}
                    loading={loading}
                    tabbable={day === focusable}
                    onSelect={onSelect}
                    onKeyDown={byKey}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The one day that the tab key stops at. */
function place(
  days: readonly Day[],
  selected: Day | null,
  free: ReadonlyMap<Day, number>,
  today: Day,
): Day | undefined {
  if (selected !== null && days.includes(selected)) return selected;
  return days.find((day) => free.has(day)) ?? days.find((day) => day >= today) ?? days[0];
}

function target(key: string, day: Day): Day | null {
  switch (key) {
    case "ArrowLeft":
      return addDays(day, -1);
    case "ArrowRight":
      return addDays(day, 1);
    case "ArrowUp":
      return addDays(day, -7);
    case "ArrowDown":
      return addDays(day, 7);
    case "Home":
      return addDays(day, -weekdayOf(day));
    case "End":
      return addDays(day, 6 - weekdayOf(day));
    case "PageUp":
      return sameDayOf(addMonths(monthOf(day), -1), day);
    case "PageDown":
      return sameDayOf(addMonths(monthOf(day), 1), day);
    default:
      return null;
  }
}

type DayButtonProps = {
  day: Day;
  count: number;
  today: Day;
  selected: boolean;
  loading: boolean;
  tabbable: boolean;
  onSelect: (day: Day) => void;
  onKeyDown: (event: KeyboardEvent, day: Day) => void;
};

/** "Tuesday 24 November 2026, today, 3 times free"; `count` is null where that is not told. */
function dayWords(day: Day, today: Day, count: number | null): string {
  const name = nameOfDay(day);
  const words = day === today ? t("{day}, today", { day: name }) : name;
  if (count === null) return words;
  return count === 0
    ? t("{day}, nothing free", { day: words })
    : tn(count, "{day}, {count} time free", "{day}, {count} times free", { day: words });
}

function DayButton({
  day,
  count,
  today,
  selected,
  loading,
  tabbable,
  onSelect,
  onKeyDown,
}: DayButtonProps) {
  const open = count > 0;
  const over = day < today;
  return (
    <button
      type="button"
      data-day={day}
      tabIndex={tabbable ? 0 : -1}
      aria-label={dayWords(day, today, loading || over ? null : count)}
      aria-pressed={selected}
      aria-disabled={!open}
      onClick={() => open && onSelect(day)}
      onKeyDown={(event) => onKeyDown(event, day)}
      className={cn(
        "tabular relative flex h-11 w-full items-center justify-center rounded-md text-[0.9375rem] sm:h-12",
        open && !selected && "bg-accent-wash font-semibold text-ink hover:ring-2 hover:ring-accent",
        !open && "text-ink-soft/70",
        loading && !open && !over && "animate-pulse bg-quiet-bg/60",
        over && "line-through decoration-line",
        selected && "bg-accent font-semibold text-accent-ink",
        selected && !open && "bg-transparent text-ink ring-1 ring-line-strong",
      )}
    >
      {day.endsWith("-01") ? (
        <span aria-hidden="true" className="absolute top-0.5 text-[0.625rem] font-medium">
          {nameOfDay(day).split(" ")[2]?.slice(0, 3)}
        </span>
      ) : null}
      {Number(day.slice(8))}
      {day === today ? (
        <span
          aria-hidden="true"
          className={cn(
            "absolute bottom-1.5 size-1 rounded-full",
            selected && open ? "bg-accent-ink" : "bg-stamp",
          )}
        />
      ) : null}
    </button>
  );
}
