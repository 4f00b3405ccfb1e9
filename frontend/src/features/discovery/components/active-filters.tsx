import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { ChangeFilters, Filters } from "@/features/discovery/hooks/use-filters";
import { useUser } from "@/lib/auth";
import { oneDigit } from "@/lib/figures";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { formatInstant } from "@/lib/time";
import { durationWords, languageName } from "@/lib/words";

type Active = { words: string; without: Partial<Filters> };

/** What narrows the list, each in words and with the change that takes it away. */
export function activeFilters(filters: Filters, zone: string): Active[] {
  const { price_min, price_max, currency = "USD", free_from, free_to } = filters;
  const found: Active[] = [];
  const add = (words: string, without: Partial<Filters>) => found.push({ words, without });

  if (filters.q !== undefined) add(t("“{words}”", { words: filters.q }), { q: undefined });
  if (free_from !== undefined || free_to !== undefined) {
    add(freeWords(free_from, free_to, zone), { free_from: undefined, free_to: undefined });
  }
  if (price_min !== undefined || price_max !== undefined) {
    add(priceWords(price_min, price_max, currency), {
      price_min: undefined,
      price_max: undefined,
      currency: undefined,
    });
  } else if (filters.currency !== undefined) {
    add(t("Paid in {currency}", { currency: filters.currency }), { currency: undefined });
  }
  if (filters.duration !== undefined) {
    add(durationWords(filters.duration), { duration: undefined });
  }
  if (filters.rating_min !== undefined) {
    add(t("{rating} and better", { rating: oneDigit(filters.rating_min) }), {
      rating_min: undefined,
    });
  }
  if (filters.language !== undefined) add(languageName(filters.language), { language: undefined });
  if (filters.location !== undefined) add(filters.location, { location: undefined });
  return found;
}

function freeWords(from: string | undefined, to: string | undefined, zone: string): string {
  const values = {
    from: from === undefined ? "" : formatInstant(from, zone),
    to: to === undefined ? "" : formatInstant(to, zone),
  };
  if (from === undefined) return t("Free until {to}", values);
  return to === undefined
    ? t("Free from {from}", values)
    : t("Free from {from} until {to}", values);
}

function priceWords(least: number | undefined, most: number | undefined, currency: string): string {
  const low = least === undefined ? "" : formatMoney({ amount: least, currency });
  const high = most === undefined ? "" : formatMoney({ amount: most, currency });
  if (least === undefined) return t("Up to {price}", { price: high });
  return most === undefined ? t("From {price}", { price: low }) : `${low} – ${high}`;
}

type ActiveFiltersProps = { filters: Filters; onChange: ChangeFilters; onClear: () => void };

export function ActiveFilters({ filters, onChange, onClear }: ActiveFiltersProps) {
  const { time_zone: zone } = useUser();
  const active = activeFilters(filters, zone);
  if (active.length === 0) return null;
  return (
    <ul aria-label={t("Active filters")} className="flex flex-wrap items-center gap-2">
      {active.map(({ words, without }) => (
        <li key={words}>
          <Button
            variant="secondary"
            size="sm"
            className="rounded-full font-medium"
            aria-label={t("Remove the filter {filter}", { filter: words })}
            onClick={() => onChange(without)}
          >
            {words}
            <X aria-hidden="true" />
          </Button>
        </li>
      ))}
      <li>
        <Button variant="link" size="inline" className="px-1 text-sm" onClick={onClear}>
          {t("Clear all")}
        </Button>
      </li>
    </ul>
  );
}
