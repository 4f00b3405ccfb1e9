import { Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import {
  RemoveButton,
  removeId,
  RowFields,
  Section,
} from "@/features/availability/components/parts";
import { type AwayRow, newId, without } from "@/features/availability/draft";
import type { Editor } from "@/features/availability/hooks/use-editor";
import { t } from "@/lib/i18n";
import { cityOf, nameOfDay } from "@/lib/time";

const ADD = "add-away";
const LONGEST_REASON = 200;

/** Times away, whatever the hours say: from one instant to another. */
export function AwayCard({ editor }: { editor: Editor }) {
  const { draft, edit } = editor;
  const shown = draft.away.filter((row) => !row.over);
  const add = () => {
    const row = { id: newId(), from: "", to: "", reason: "", kept: null, over: false };
    edit((old) => ({ ...old, away: [...old.away, row] }), {
      say: t("A time away is added. Write when it begins and ends."),
      focus: row.id,
    });
  };
  const remove = (gone: AwayRow) => {
    const { nearest } = without(shown, gone.id);
    edit((old) => ({ ...old, away: without(old.away, gone.id).rest }), {
      say: t("{what} removed.", { what: nameOf(gone) }),
      focus: nearest === null ? ADD : removeId(nearest.id),
    });
  };
  return (
    <Section
      title={t("Time away")}
      about={t(
        "Holidays and other absences, in {city} time. Nothing can be booked in them; what is booked stays booked.",
        { city: cityOf(draft.zone) },
      )}
    >
      {shown.length === 0 ? (
        <p className="text-ink-soft">{t("No time away is planned.")}</p>
      ) : (
        <ul className="grid gap-4">
          {shown.map((row) => (
            <li key={row.id} className="rounded-md border border-line p-3 sm:p-4">
              <AwayForm row={row} editor={editor} onRemove={() => remove(row)} />
            </li>
          ))}
        </ul>
      )}
      <Button id={ADD} variant="secondary" className="justify-self-start" onClick={add}>
        <Plus aria-hidden="true" />
        {t("Add time away")}
      </Button>
    </Section>
  );
}

function nameOf({ from }: AwayRow): string {
  return from === ""
    ? t("the new time away")
    : t("the time away from {day}", { day: nameOfDay(from.slice(0, 10)) });
}

type AwayFormProps = { row: AwayRow; editor: Editor; onRemove: () => void };

function AwayForm({ row, editor: { draft, faults, edit }, onRemove }: AwayFormProps) {
  const change = (changed: Partial<AwayRow>) =>
    edit((old) => ({
      ...old,
      away: old.away.map((one) => (one.id === row.id ? { ...one, ...changed } : one)),
    }));
  const city = cityOf(draft.zone);
  return (
    <div role="group" aria-label={nameOf(row)}>
      <RowFields
        remove={
          <RemoveButton id={row.id} what={nameOf(row)} onRemove={onRemove} className="mt-6.5" />
        }
      >
        <Field
          label={t("From ({city} time)", { city })}
          id={row.id}
          error={faults[row.id]}
          className="flex-1 basis-60"
        >
          <Input
            type="datetime-local"
            required
            value={row.from}
            onChange={(event) => change({ from: event.target.value })}
          />
        </Field>
        <Field label={t("Back at ({city} time)", { city })} className="flex-1 basis-60">
          <Input
            type="datetime-local"
            required
            value={row.to}
            onChange={(event) => change({ to: event.target.value })}
          />
        </Field>
        <Field
          label={t("Why")}
          optional
          hint={t("For yourself alone.")}
          className="flex-1 basis-60"
        >
          <Input
            value={row.reason}
            maxLength={LONGEST_REASON}
            onChange={(event) => change({ reason: event.target.value })}
          />
        </Field>
      </RowFields>
    </div>
  );
}
