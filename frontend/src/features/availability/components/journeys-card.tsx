import { Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ZoneSelect } from "@/components/ui/zone-select";
import {
  RemoveButton,
  removeId,
  RowFields,
  Section,
} from "@/features/availability/components/parts";
import { type JourneyRow, newId, without } from "@/features/availability/draft";
import type { Editor } from "@/features/availability/hooks/use-editor";
import { isDay } from "@/lib/days";
import { cityOf, nameOfDay } from "@/lib/time";

const ADD = "add-journey";

/** Days on which the hours are read by the clock of another place. */
export function JourneysCard({ editor }: { editor: Editor }) {
  const { draft, edit } = editor;
  const shown = draft.journeys.filter((row) => !row.over);
  const add = () => {
    const row = { id: newId(), from: "", to: "", zone: draft.zone, over: false };
    edit((old) => ({ ...old, journeys: [...old.journeys, row] }), {
      say: "A journey is added. Choose its days and its time zone.",
      focus: row.id,
    });
  };
  const remove = (gone: JourneyRow) => {
    const { nearest } = without(shown, gone.id);
    edit((old) => ({ ...old, journeys: without(old.journeys, gone.id).rest }), {
      say: `${nameOf(gone)} removed.`,
      focus: nearest === null ? ADD : removeId(nearest.id),
    });
  };
  return (
    <Section
      title="Journeys"
      about="On these days your hours are read by the clock of the place where you are: 09:00 stays 09:00, there."
    >
      {shown.length === 0 ? (
        <p className="text-ink-soft">Your hours are {cityOf(draft.zone)} time on every day.</p>
      ) : (
        <ul className="grid gap-4">
          {shown.map((row) => (
            <li key={row.id} className="rounded-md border border-line p-3 sm:p-4">
              <JourneyForm row={row} editor={editor} onRemove={() => remove(row)} />
            </li>
          ))}
        </ul>
      )}
      <Button id={ADD} variant="secondary" className="justify-self-start" onClick={add}>
        <Plus aria-hidden="true" />
        Add a journey
      </Button>
    </Section>
  );
}

function nameOf({ from, zone }: JourneyRow): string {
  return isDay(from) ? `the journey to ${cityOf(zone)} from ${nameOfDay(from)}` : "the new journey";
}

type JourneyFormProps = { row: JourneyRow; editor: Editor; onRemove: () => void };

function JourneyForm({ row, editor: { faults, edit }, onRemove }: JourneyFormProps) {
  const change = (changed: Partial<JourneyRow>) =>
    edit((old) => ({
      ...old,
      journeys: old.journeys.map((one) => (one.id === row.id ? { ...one, ...changed } : one)),
    }));
  return (
    <div role="group" aria-label={nameOf(row)}>
      <RowFields
        remove={
          <RemoveButton id={row.id} what={nameOf(row)} onRemove={onRemove} className="mt-6.5" />
        }
      >
        <Field label="First day" id={row.id} error={faults[row.id]} className="flex-1 basis-36">
          <Input
            type="date"
            required
            value={row.from}
            onChange={(event) => change({ from: event.target.value })}
          />
        </Field>
        <Field label="Last day" className="flex-1 basis-36">
          <Input
            type="date"
            required
            value={row.to}
            onChange={(event) => change({ to: event.target.value })}
          />
        </Field>
        <Field label="Time zone there" className="flex-1 basis-48">
          <ZoneSelect
            first={[{ label: "Chosen", zone: row.zone }]}
            value={row.zone}
            onChange={(event) => change({ zone: event.target.value })}
          />
        </Field>
      </RowFields>
    </div>
  );
}
