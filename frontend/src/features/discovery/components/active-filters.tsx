import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { ChangeFilters, Filters } from "@/features/discovery/hooks/use-filters";
import { useUser } from "@/lib/auth";
import { formatMoney } from "@/lib/money";
import { formatInstant } from "@/lib/time";
import { durationWords, languageName } from "@/lib/words";

type Active = { words: string; without: Partial<Filters> };

/** What narrows the list, each in words and with the change that takes it away. */
export function activeFilters(filters: Filters, zone: string): Active[] {
  const { price_min, price_max, currency = "USD", free_from, free_to } = filters;
  const found: Active[] = [];
  const add = (words: string, without: Partial<Filters>) => found.push({ words, without });

  if (filters.q !== undefined) add(`“${filters.q}”`, { q: undefined });
  if (free_from !== undefined || free_to !== undefined) {
    add(
      [
        free_from === undefined ? "Free" : `Free from ${formatInstant(free_from, zone)}`,
        free_to === undefined ? "" : `until ${formatInstant(free_to, zone)}`,
      ]
        .join(" ")
        .trim(),
      { free_from: undefined, free_to: undefined },
    );
  }
  if (price_min !== undefined || price_max !== undefined) {
    const low = price_min === undefined ? null : formatMoney({ amount: price_min, currency });
    const high = price_max === undefined ? null : formatMoney({ amount: price_max, currency });
    add(
      low !== null && high !== null ? `${low} – ${high}` : low ? `From ${low}` : `Up to ${high}`,
      { price_min: undefined, price_max: undefined, currency: undefined },
    );
  } else if (filters.currency !== undefined) {
    add(`Paid in ${filters.currency}`, { currency: undefined });
  }
  if (filters.duration !== undefined) {
    add(durationWords(filters.duration), { duration: undefined });
  }
  if (filters.rating_min !== undefined) {
    add(`${filters.rating_min.toFixed(1)} and better`, { rating_min: undefined });
  }
  if (filters.language !== undefined) add(languageName(filters.language), { language: undefined });
  if (filters.location !== undefined) add(filters.location, { location: undefined });
  return found;
}

type ActiveFiltersProps = { filters: Filters; onChange: ChangeFilters; onClear: () => void };

export function ActiveFilters({ filters, onChange, onClear }: ActiveFiltersProps) {
  const { time_zone: zone } = useUser();
  const active = activeFilters(filters, zone);
  if (active.length === 0) return null;
  return (
    <ul aria-label="Active filters" className="flex flex-wrap items-center gap-2">
      {active.map(({ words, without }) => (
        <li key={words}>
          <Button
            variant="secondary"
            size="sm"
            className="rounded-full font-medium"
            aria-label={`Remove the filter ${words}`}
            onClick={() => onChange(without)}
          >
            {words}
            <X aria-hidden="true" />
          </Button>
        </li>
      ))}
      <li>
        <Button variant="link" size="inline" className="px-1 text-sm" onClick={onClear}>
          Clear all
        </Button>
      </li>
    </ul>
  );
}
