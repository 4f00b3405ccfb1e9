import { type ComponentProps, useId, useState } from "react";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { ChangeFilters, Filters } from "@/features/discovery/hooks/use-filters";
import { t } from "@/lib/i18n";
import { parseMoney, typedMoney } from "@/lib/money";

type PriceRangeProps = {
  filters: Filters;
  currencies: readonly string[];
  onChange: ChangeFilters;
};

/** From – to in one currency: a price without its currency would compare dollars with yen. */
export function PriceRange({ filters, currencies, onChange }: PriceRangeProps) {
  const currency = filters.currency ?? currencies[0] ?? "USD";
  const all = [...new Set([...currencies, ...(filters.currency ? [filters.currency] : [])])];
  const id = useId();
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 text-sm leading-5 font-medium">{t("Price of a session")}</legend>
      <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-center gap-2">
        <Amount
          aria-label={t("At least, in {currency}", { currency })}
          placeholder={t("From")}
          minor={filters.price_min}
          currency={currency}
          onCommit={(price_min) => onChange({ price_min, currency })}
        />
        <span aria-hidden="true">–</span>
        <Amount
          aria-label={t("At most, in {currency}", { currency })}
          placeholder={t("To")}
          minor={filters.price_max}
          currency={currency}
          onCommit={(price_max) => onChange({ price_max, currency })}
        />
      </div>
      <label htmlFor={id} className="sr-only">
        {t("Currency")}
      </label>
      <Select
        id={id}
        value={filters.currency ?? ""}
        onChange={(event) =>
          // Amounts of another currency mean nothing in this one.
          onChange({
            currency: event.target.value,
            price_min: undefined,
            price_max: undefined,
          })
        }
      >
        <option value="">{t("Any currency")}</option>
        {all.map((code) => (
          <option key={code} value={code}>
            {code}
          </option>
        ))}
      </Select>
    </fieldset>
  );
}

type AmountProps = Omit<ComponentProps<typeof Input>, "value" | "onChange"> & {
  minor: number | undefined;
  currency: string;
  onCommit: (minor: number | undefined) => void;
};

/** An amount in the currency's own units; taken over when it is left or by Enter. */
function Amount({ minor, currency, onCommit, ...props }: AmountProps) {
  const shown = minor === undefined ? "" : typedMoney(minor, currency);
  // What was typed counts until the address says something else.
  const [typed, setTyped] = useState({ over: shown, text: shown });
  const text = typed.over === shown ? typed.text : shown;
  const [wrong, setWrong] = useState(false);

  const commit = () => {
    const amount = text.trim() === "" ? undefined : parseMoney(text, currency);
    setWrong(amount === null);
    if (amount !== null && amount !== minor) onCommit(amount);
  };
  return (
    <Input
      inputMode="decimal"
      aria-invalid={wrong || undefined}
      value={text}
      onChange={(event) => setTyped({ over: shown, text: event.target.value })}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
      {...props}
    />
  );
}
