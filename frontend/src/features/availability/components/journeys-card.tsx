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
import { t } from "@/lib/i18n";
import { cityOf, nameOfDay } from "@/lib/time";

const ADD = "add-journey";

/** Days on which the hours are read by the clock of another place. */
export function JourneysCard({ editor }: { editor: Editor }) {
  const { draft, edit } = editor;
  const shown = draft.journeys.filter((row) => !row.over);
  const add = () => {
    const row = { id: newId(), from: "", to: "", zone: draft.zone, over: false };
    edit((old) => ({ ...old, journeys: [...old.journeys, row] }), {
      say: t("A journey is added. Choose its days and its time zone."),
      focus: row.id,
    });
  };
  const remove = (gone: JourneyRow) => {
    const { nearest } = without(shown, gone.id);
    edit((old) => ({ ...old, journeys: without(old.journeys, gone.id).rest }), {
      say: t("{what} removed.", { what: nameOf(gone) }),
      focus: nearest === null ? ADD : removeId(nearest.id),
    });
  };
  return (
    <Section
      title={t("Journeys")}
      about={t(
        "On these days your hours are read by the clock of the place where you are: 09:00 stays 09:00, there.",
      )}
    >
      {shown.length === 0 ? (
        <p className="text-ink-soft">
          {t("Your hours are {city} time on every day.", { city: cityOf(draft.zone) })}
        </p>
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
        {t("Add a journey")}
      </Button>
    </Section>
  );
}

function nameOf({ from, zone }: JourneyRow): string {
  return isDay(from)
    ? t("the journey to {city} from {day}", { city: cityOf(zone), day: nameOfDay(from) })
    : t("the new journey");
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
        <Field
          label={t("First day")}
          id={row.id}
          error={faults[row.id]}
          className="flex-1 basis-36"
        >
          <Input
            type="date"
            required
            value={row.from}
            onChange={(event) => change({ from: event.target.value })}
          />
        </Field>
        <Field label={t("Last day")} className="flex-1 basis-36">
          <Input
            type="date"
            required
            value={row.to}
            onChange={(event) => change({ to: event.target.value })}
          />
        </Field>
        <Field label={t("Time zone there")} className="flex-1 basis-48">
          <ZoneSelect
            first={[{ label: t("Chosen"), zone: row.zone }]}
            value={row.zone}
            onChange={(event) => change({ zone: event.target.value })}
          />
        </Field>
      </RowFields>
    </div>
  );
}
