import { Copy } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyDialog } from "@/features/availability/components/copy-dialog";
import { HoursRows } from "@/features/availability/components/hours-rows";
import { Section } from "@/features/availability/components/parts";
import { copied } from "@/features/availability/draft";
import type { Editor } from "@/features/availability/hooks/use-editor";
import { weekdayName, weekdays } from "@/features/availability/words";
import { t } from "@/lib/i18n";
import { cityOf } from "@/lib/time";
import { listed } from "@/lib/words";

/** The hours of every week, day by day. */
export function WeekCard({ editor }: { editor: Editor }) {
  const { draft, edit } = editor;
  const [copying, setCopying] = useState<number | null>(null);
  const opener = useRef("");
  const open = (weekday: number) => {
    opener.current = copyId(weekday);
    setCopying(weekday);
  };
  const copy = (from: number, to: readonly number[]) => {
    const names = listed(to.map(weekdayName));
    setCopying(null);
    edit((old) => ({ ...old, weekly: copied(old.weekly, from, to) }), {
      say: t("The hours of {day} are copied to {days}.", { day: weekdayName(from), days: names }),
      focus: copyId(from),
    });
  };
  return (
    <Section
      title={t("Weekly hours")}
      about={t(
        "When clients can book you in every week, in {city} time. An end at midnight closes the day.",
        { city: cityOf(draft.zone) },
      )}
    >
      <ul className="divide-y divide-line">
        {weekdays().map((day, weekday) => (
          <li key={day} className="py-4 first:pt-0 last:pb-0">
            <Day day={day} weekday={weekday} editor={editor} onCopy={() => open(weekday)} />
          </li>
        ))}
      </ul>
      <CopyDialog
        from={copying}
        onClose={() => setCopying(null)}
        onCopy={copy}
        onGone={() => document.getElementById(opener.current)?.focus()}
      />
    </Section>
  );
}

function copyId(weekday: number): string {
  return `copy-${weekday}`;
}

type DayProps = { day: string; weekday: number; editor: Editor; onCopy: () => void };

function Day({ day, weekday, editor: { draft, faults, edit }, onCopy }: DayProps) {
  const hours = draft.weekly[weekday] ?? [];
  return (
    <div
      role="group"
      aria-labelledby={`day-${weekday}`}
      className="grid gap-2 sm:grid-cols-[8rem_1fr]"
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 sm:grid sm:content-start sm:justify-start sm:pt-2">
        <h3 id={`day-${weekday}`} className="font-sans text-base font-semibold">
          {day}
        </h3>
        {hours.length === 0 ? <p className="text-sm text-ink-soft">{t("Not offered")}</p> : null}
      </div>
      <HoursRows
        day={day}
        hours={hours}
        faults={faults}
        addId={`add-${weekday}`}
        onChange={(changed, told) =>
          edit(
            (old) => ({
              ...old,
              weekly: old.weekly.map((one, index) => (index === weekday ? changed : one)),
            }),
            told,
          )
        }
      >
        {hours.length === 0 ? null : (
          <Button
            id={copyId(weekday)}
            variant="ghost"
            size="sm"
            className="min-h-11"
            onClick={onCopy}
          >
            <Copy aria-hidden="true" />
            {t("Copy to other days")}
            <span className="sr-only">: {day}</span>
          </Button>
        )}
      </HoursRows>
    </div>
  );
}
