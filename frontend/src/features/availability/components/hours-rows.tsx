import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { marked, RemoveButton, removeId, RowFault } from "@/features/availability/components/parts";
import { type Hours, without, withOneMore } from "@/features/availability/draft";
import type { Faults } from "@/features/availability/faults";
import { hoursWords, validityWords } from "@/features/availability/words";

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
    const words = more.added.start === "" ? "New hours" : hoursWords(more.added);
    onChange(more.hours, { say: `${words} added on ${day}.`, focus: more.added.id });
  };
  const remove = (gone: Hours) => {
    const { rest, nearest } = without(hours, gone.id);
    onChange(rest, {
      say: `${hoursWords(gone)} on ${day} removed.`,
      focus: nearest === null ? addId : removeId(nearest.id),
    });
  };
  return (
    <div className="grid min-w-0 gap-3">
      {hours.map((one, index) => (
        <Row
          key={one.id}
          hours={one}
          name={hours.length > 1 ? `${day}, hours ${index + 1},` : `${day},`}
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
          Add hours <span className="sr-only">on {day}</span>
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
  name: string;
  day: string;
  fault: string | undefined;
  onChange: (hours: Hours) => void;
  onRemove: () => void;
};

function Row({ hours, name, day, fault, onChange, onRemove }: RowProps) {
  const valid = validityWords(hours);
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-1 sm:gap-2">
        <Input
          id={hours.id}
          type="time"
          aria-label={`${name} from`}
          className={CLOCK}
          required
          value={hours.start}
          onChange={(event) => onChange({ ...hours, start: event.target.value })}
          {...marked(hours.id, fault)}
        />
        <span aria-hidden="true">–</span>
        <Input
          type="time"
          aria-label={`${name} until`}
          className={CLOCK}
          required
          value={hours.end}
          onChange={(event) => onChange({ ...hours, end: event.target.value })}
          {...marked(hours.id, fault)}
        />
        <RemoveButton id={hours.id} what={`${hoursWords(hours)} on ${day}`} onRemove={onRemove} />
      </div>
      <RowFault id={hours.id} fault={fault} />
      {valid === null ? null : <p className="text-sm text-ink-soft">{valid}</p>}
    </div>
  );
}
