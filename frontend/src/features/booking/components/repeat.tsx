import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { t, tn } from "@/lib/i18n";

/** `every`: weeks between two sessions, 0 for one session alone. */
export type Repeat = { every: number; count: number };

export const ONCE: Repeat = { every: 0, count: 4 };
const WEEKS = [1, 2, 4];
const COUNTS = [2, 3, 4, 5, 6, 8, 10];

type RepeatFieldsProps = { repeat: Repeat; onRepeat: (repeat: Repeat) => void; disabled: boolean };

/** Once, or at the same hour of the mentor's clock some weeks later again. */
export function RepeatFields({ repeat, onRepeat, disabled }: RepeatFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t("How often?")}>
        <Select
          value={repeat.every}
          disabled={disabled}
          onChange={(event) => onRepeat({ ...repeat, every: Number(event.target.value) })}
        >
          <option value={0}>{t("Only this once")}</option>
          {WEEKS.map((every) => (
            <option key={every} value={every}>
              {tn(every, "Every week", "Every {count} weeks")}
            </option>
          ))}
        </Select>
      </Field>
      {repeat.every === 0 ? null : (
        <Field
          label={t("How many sessions?")}
          hint={t("Each is paid, moved and cancelled by itself.")}
        >
          <Select
            value={repeat.count}
            disabled={disabled}
            onChange={(event) => onRepeat({ ...repeat, count: Number(event.target.value) })}
          >
            {COUNTS.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </Select>
        </Field>
      )}
    </div>
  );
}
