import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Words } from "@/components/words";
import type { ChangeFilters, Filters } from "@/features/discovery/hooks/use-filters";
import { useUser } from "@/lib/auth";
import { cn } from "@/lib/cn";
import { addDays, dayOf, instantOf, localOf, startOfDay, weekdayOf } from "@/lib/days";
import { t } from "@/lib/i18n";
import { cityOf } from "@/lib/time";
import { useNow } from "@/lib/use-now";

type Preset = { name: string; from: string; to: string };

/** The usual wishes as windows of whole days in the reader's zone. */
export function presetsAt(now: Date, zone: string): Preset[] {
  const today = dayOf(now, zone);
  const window = (name: string, first: number, days: number): Preset => ({
    name,
    from: startOfDay(addDays(today, first), zone),
    to: startOfDay(addDays(today, first + days), zone),
  });
  // Saturday and Sunday; on a Sunday what is left of it.
  const toSaturday = 5 - weekdayOf(today);
  const weekend = toSaturday < 0 ? window(t("Weekend"), 0, 1) : window(t("Weekend"), toSaturday, 2);
  return [
    window(t("Today"), 0, 1),
    window(t("Tomorrow"), 1, 1),
    weekend,
    window(t("7 days"), 0, 7),
  ];
}

type FreeBetweenProps = { filters: Filters; onChange: ChangeFilters };

/** Free between two instants, written in the reader's own zone. */
export function FreeBetween({ filters, onChange }: FreeBetweenProps) {
  const { time_zone: zone } = useUser();
  const { free_from: from, free_to: to } = filters;
  const now = useNow();
  const typed = (local: string) => (local === "" ? undefined : instantOf(local, zone));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-sm leading-5 font-medium">
        <Words
          text="Free between <zone>({city} time, yours)</zone>"
          values={{ city: cityOf(zone) }}
          parts={{ zone: <span className="font-normal text-ink-soft" /> }}
        />
      </legend>
      <div className="flex flex-wrap gap-1.5">
        {presetsAt(now, zone).map((preset) => {
          const chosen = preset.from === from && preset.to === to;
          return (
            <Button
              key={preset.name}
              variant="secondary"
              size="sm"
              aria-pressed={chosen}
              className={cn("px-2.5", chosen && "border-accent bg-accent-wash")}
              onClick={() =>
                onChange(
                  chosen
                    ? { free_from: undefined, free_to: undefined }
                    : { free_from: preset.from, free_to: preset.to },
                )
              }
            >
              {preset.name}
            </Button>
          );
        })}
      </div>
      <Field label={t("From")}>
        <Input
          type="datetime-local"
          step={900}
          value={from === undefined ? "" : localOf(from, zone)}
          onChange={(event) => onChange({ free_from: typed(event.target.value) })}
        />
      </Field>
      <Field label={t("Until")}>
        <Input
          type="datetime-local"
          step={900}
          value={to === undefined ? "" : localOf(to, zone)}
          onChange={(event) => onChange({ free_to: typed(event.target.value) })}
        />
      </Field>
    </fieldset>
  );
}
