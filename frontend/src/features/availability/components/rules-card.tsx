import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Section } from "@/features/availability/components/parts";
import { type Rules, type Unit, UNITS } from "@/features/availability/draft";
import type { Editor } from "@/features/availability/hooks/use-editor";
import { msg, t } from "@/lib/i18n";

type Written = Exclude<keyof Rules, "noticeUnit">;
type Rule = { name: Written; id: string; label: string; hint: string; optional?: boolean };

const RULES: readonly Rule[] = [
  {
    name: "window",
    id: "rules-window",
    label: msg("How many days ahead clients can book"),
    hint: msg("From 1 to 400 days."),
  },
  {
    name: "step",
    id: "rules-step",
    label: msg("Minutes between two starts"),
    hint: msg("30: at nine, half past nine, and so on."),
  },
  {
    name: "gap",
    id: "rules-gap",
    label: msg("Minutes kept free after a session"),
    hint: msg("0 lets the next begin at once."),
  },
  {
    name: "perDay",
    id: "rules-per-day",
    label: msg("Most sessions in a day"),
    hint: msg("Leave it empty for no limit."),
    optional: true,
  },
  {
    name: "perWeek",
    id: "rules-per-week",
    label: msg("Most sessions in a week"),
    hint: msg("Leave it empty for no limit."),
    optional: true,
  },
];

const NOTICE = "rules-notice";
const UNIT_WORDS: Record<Unit, string> = {
  minutes: msg("minutes"),
  hours: msg("hours"),
  days: msg("days"),
};

/** How soon, how often and how closely clients can book. */
export function RulesCard({ editor: { draft, faults, edit } }: { editor: Editor }) {
  const { rules } = draft;
  const change = (changed: Partial<Rules>) =>
    edit((old) => ({ ...old, rules: { ...old.rules, ...changed } }));
  return (
    <Section
      title={t("Booking rules")}
      about={t("They hold for what is booked from now on. No session moves or ends by them.")}
    >
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <div className="grid grid-cols-2 items-start gap-2">
          <Field
            label={t("Notice that you need")}
            id={NOTICE}
            hint={t("No session begins sooner.")}
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
          <Field label={t("Notice in")}>
            <Select
              value={rules.noticeUnit}
              onChange={(event) => change({ noticeUnit: event.target.value as Unit })}
            >
              {(Object.keys(UNITS) as Unit[]).map((unit) => (
                <option key={unit} value={unit}>
                  {t(UNIT_WORDS[unit])}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        {RULES.map(({ name, id, label, hint, optional = false }) => (
          <Field
            key={id}
            label={t(label)}
            id={id}
            hint={t(hint)}
            optional={optional}
            error={faults[id]}
          >
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
