import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Words } from "@/components/words";
import { marked, RemoveButton, removeId, RowFault } from "@/features/availability/components/parts";
import { type Hours, without, withOneMore } from "@/features/availability/draft";
import type { Faults } from "@/features/availability/faults";
import { hoursWords, validityWords } from "@/features/availability/words";
import { t } from "@/lib/i18n";

type Told = { say: string; focus: string };

type HoursRowsProps = {
  /** The day that they are of, as the controls name it: "Monday". */
  day: string;
  hours: readonly Hours[];
  faults: Faults;
  /** The id of the button that adds: the focus goes there when the last hours are removed. */
  addId: string;
  onChange: (hours: Hours[], told?: Told) => void;
  /** What else can be done with them, beside the button that adds. */
  children?: ReactNode;
};

/** The hours of one day: a row for each, and one button for more. */
export function HoursRows({ day, hours, faults, addId, onChange, children }: HoursRowsProps) {
  const add = () => {
    const more = withOneMore(hours);
    const say =
      more.added.start === ""
        ? t("New hours added on {day}.", { day })
        : t("{hours} added on {day}.", { hours: hoursWords(more.added), day });
    onChange(more.hours, { say, focus: more.added.id });
  };
  const remove = (gone: Hours) => {
    const { rest, nearest } = without(hours, gone.id);
    onChange(rest, {
      say: t("{hours} on {day} removed.", { hours: hoursWords(gone), day }),
      focus: nearest === null ? addId : removeId(nearest.id),
    });
  };
  return (
    <div className="grid min-w-0 gap-3">
      {hours.map((one, index) => (
        <Row
          key={one.id}
          hours={one}
          number={hours.length > 1 ? index + 1 : null}
          day={day}
          fault={faults[one.id]}
          onChange={(changed) =>
            onChange(hours.map((other) => (other.id === one.id ? changed : other)))
          }
          onRemove={() => remove(one)}
        />
      ))}
      <div className="-ml-3 flex flex-wrap gap-1">
        <Button id={addId} variant="ghost" size="sm" className="min-h-11" onClick={add}>
          <Plus aria-hidden="true" />
          <Words
            text="Add hours <day>on {day}</day>"
            values={{ day }}
            parts={{ day: <span className="sr-only" /> }}
          />
        </Button>
        {children}
      </div>
    </div>
  );
}

// Chromium keeps much room before the picture of a clock: on a small phone the time needs it.
const CLOCK =
  "tabular w-auto min-w-28 flex-1 basis-28 px-2 sm:max-w-36 [&::-webkit-calendar-picker-indicator]:ms-1";

type RowProps = {
  hours: Hours;
  /** Which of several of the day; null where it is the only one. */
  number: number | null;
  day: string;
  fault: string | undefined;
  onChange: (hours: Hours) => void;
  onRemove: () => void;
};

function Row({ hours, number, day, fault, onChange, onRemove }: RowProps) {
  const valid = validityWords(hours);
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-1 sm:gap-2">
        <Input
          id={hours.id}
          type="time"
          aria-label={
            number === null
              ? t("{day}, from", { day })
              : t("{day}, hours {number}, from", { day, number })
          }
          className={CLOCK}
          required
          value={hours.start}
          onChange={(event) => onChange({ ...hours, start: event.target.value })}
          {...marked(hours.id, fault)}
        />
        <span aria-hidden="true">–</span>
        <Input
          type="time"
          aria-label={
            number === null
              ? t("{day}, until", { day })
              : t("{day}, hours {number}, until", { day, number })
          }
          className={CLOCK}
          required
          value={hours.end}
          onChange={(event) => onChange({ ...hours, end: event.target.value })}
          {...marked(hours.id, fault)}
        />
        <RemoveButton
          id={hours.id}
          what={t("{hours} on {day}", { hours: hoursWords(hours), day })}
          onRemove={onRemove}
        />
      </div>
      <RowFault id={hours.id} fault={fault} />
      {valid === null ? null : <p className="text-sm text-ink-soft">{valid}</p>}
    </div>
  );
}
