import { Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { HoursRows } from "@/features/availability/components/hours-rows";
import {
  RemoveButton,
  removeId,
  RowFields,
  Section,
} from "@/features/availability/components/parts";
import { type DateRow, newId, without } from "@/features/availability/draft";
import type { Editor } from "@/features/availability/hooks/use-editor";
import { dateWords } from "@/features/availability/words";
import { t } from "@/lib/i18n";

const ADD = "add-date";

/** Dates on which the weekly hours do not hold. */
export function DatesCard({ editor }: { editor: Editor }) {
  const { draft, edit } = editor;
  const shown = draft.dates.filter((row) => !row.over);
  const add = () => {
    const row: DateRow = { id: newId(), date: "", away: true, hours: [], over: false };
    edit((old) => ({ ...old, dates: [...old.dates, row] }), {
      say: t("A date is added. Choose which."),
      focus: row.id,
    });
  };
  const remove = (gone: DateRow) => {
    const { nearest } = without(shown, gone.id);
    edit((old) => ({ ...old, dates: without(old.dates, gone.id).rest }), {
      say: t("{what} removed.", { what: dateWords(gone.date) }),
      focus: nearest === null ? ADD : removeId(nearest.id),
    });
  };
  return (
    <Section
      title={t("Single dates")}
      about={t("A date here has its own hours, or none, in place of the weekly ones.")}
    >
      {shown.length === 0 ? (
        <p className="text-ink-soft">{t("No date differs from your weekly hours.")}</p>
      ) : (
        <ul className="grid gap-4">
          {shown.map((row) => (
            <li key={row.id} className="rounded-md border border-line p-3 sm:p-4">
              <DateForm row={row} editor={editor} onRemove={() => remove(row)} />
            </li>
          ))}
        </ul>
      )}
      <Button id={ADD} variant="secondary" className="justify-self-start" onClick={add}>
        <Plus aria-hidden="true" />
        {t("Add a date")}
      </Button>
    </Section>
  );
}

type DateFormProps = { row: DateRow; editor: Editor; onRemove: () => void };

function DateForm({ row, editor: { faults, edit }, onRemove }: DateFormProps) {
  const name = dateWords(row.date);
  const change = (changed: Partial<DateRow>, told?: { say: string; focus: string }) =>
    edit(
      (old) => ({
        ...old,
        dates: old.dates.map((one) => (one.id === row.id ? { ...one, ...changed } : one)),
      }),
      told,
    );
  return (
    <div role="group" aria-label={name} className="grid gap-3">
      <RowFields
        remove={<RemoveButton id={row.id} what={name} onRemove={onRemove} className="mt-6.5" />}
      >
        <Field label={t("Date")} id={row.id} error={faults[row.id]} className="flex-1 basis-36">
          <Input
            type="date"
            required
            value={row.date}
            onChange={(event) => change({ date: event.target.value })}
          />
        </Field>
        <Field label={t("What is different")} className="flex-1 basis-40">
          <Select
            value={row.away ? "away" : "hours"}
            onChange={(event) => change({ away: event.target.value === "away" })}
          >
            <option value="away">{t("Away all day")}</option>
            <option value="hours">{t("Other hours")}</option>
          </Select>
        </Field>
      </RowFields>
      {row.away ? null : (
        <HoursRows
          day={name}
          hours={row.hours}
          faults={faults}
          addId={`${row.id}-add`}
          onChange={(hours, told) => change({ hours }, told)}
        />
      )}
    </div>
  );
}
