import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Section } from "@/features/availability/components/parts";
import { type Rules, type Unit, UNITS } from "@/features/availability/draft";
import type { Editor } from "@/features/availability/hooks/use-editor";

type Written = Exclude<keyof Rules, "noticeUnit">;
type Rule = { name: Written; id: string; label: string; hint: string; optional?: boolean };

const RULES: readonly Rule[] = [
  {
    name: "window",
    id: "rules-window",
    label: "How many days ahead clients can book",
    hint: "From 1 to 400 days.",
  },
  {
    name: "step",
    id: "rules-step",
    label: "Minutes between two starts",
    hint: "30: at nine, half past nine, and so on.",
  },
  {
    name: "gap",
    id: "rules-gap",
    label: "Minutes kept free after a session",
    hint: "0 lets the next begin at once.",
  },
  {
    name: "perDay",
    id: "rules-per-day",
    label: "Most sessions in a day",
    hint: "Leave it empty for no limit.",
    optional: true,
  },
  {
    name: "perWeek",
    id: "rules-per-week",
    label: "Most sessions in a week",
    hint: "Leave it empty for no limit.",
    optional: true,
  },
];

const NOTICE = "rules-notice";

/** How soon, how often and how closely clients can book. */
export function RulesCard({ editor: { draft, faults, edit } }: { editor: Editor }) {
  const { rules } = draft;
  const change = (changed: Partial<Rules>) =>
    edit((old) => ({ ...old, rules: { ...old.rules, ...changed } }));
  return (
    <Section
      title="Booking rules"
      about="They hold for what is booked from now on. No session moves or ends by them."
    >
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <div className="grid grid-cols-2 items-start gap-2">
          <Field
            label="Notice that you need"
            id={NOTICE}
            hint="No session begins sooner."
            error={faults[NOTICE]}
          >
            <Input
              inputMode="numeric"
              required
              className="tabular"
              value={rules.notice}
              onChange={(event) => change({ notice: event.target.value })}
            />
          </Field>
          <Field label="Notice in">
            <Select
              value={rules.noticeUnit}
              onChange={(event) => change({ noticeUnit: event.target.value as Unit })}
            >
              {Object.keys(UNITS).map((unit) => (
                <option key={unit} value={unit}>
                  {unit}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        {RULES.map(({ name, id, label, hint, optional = false }) => (
          <Field key={id} label={label} id={id} hint={hint} optional={optional} error={faults[id]}>
            <Input
              inputMode="numeric"
              required={!optional}
              className="tabular"
              value={rules[name]}
              onChange={(event) => change({ [name]: event.target.value })}
            />
          </Field>
        ))}
      </div>
    </Section>
  );
}
