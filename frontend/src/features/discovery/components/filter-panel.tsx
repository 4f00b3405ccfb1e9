import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { FreeBetween } from "@/features/discovery/components/free-between";
import { PriceRange } from "@/features/discovery/components/price-range";
import type { ChangeFilters, Filters } from "@/features/discovery/hooks/use-filters";
import { oneDigit } from "@/lib/figures";
import { t } from "@/lib/i18n";
import { durationWords, languageName } from "@/lib/words";

export type Facets = Partial<Record<string, Record<string, number>>>;

export type FilterPanelProps = { filters: Filters; facets: Facets; onChange: ChangeFilters };

/** Every filter of the directory; each applies as soon as it is set. */
export function FilterPanel({ filters, facets, onChange }: FilterPanelProps) {
  return (
    <div className="grid gap-5">
      <FreeBetween filters={filters} onChange={onChange} />
      <PriceRange
        filters={filters}
        currencies={Object.keys(facets.currency ?? {})}
        onChange={onChange}
      />
      <Field label={t("Session length")}>
        <FacetSelect
          any={t("Any length")}
          counts={facets.duration}
          order={(one, other) => Number(one) - Number(other)}
          words={(minutes) => durationWords(Number(minutes))}
          value={filters.duration?.toString()}
          onChange={(value) => onChange({ duration: value ? Number(value) : undefined })}
        />
      </Field>
      <Field label={t("Rating")}>
        <Select
          value={filters.rating_min?.toString() ?? ""}
          onChange={(event) =>
            onChange({ rating_min: event.target.value ? Number(event.target.value) : undefined })
          }
        >
          <option value="">{t("Any rating")}</option>
          {[4.5, 4, 3].map((rating) => (
            <option key={rating} value={rating}>
              {t("{rating} and better", { rating: oneDigit(rating) })}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t("Language")}>
        <FacetSelect
          any={t("Any language")}
          counts={facets.language}
          words={languageName}
          value={filters.language}
          onChange={(language) => onChange({ language })}
        />
      </Field>
      <Field label={t("Place")}>
        <FacetSelect
          any={t("Anywhere")}
          counts={facets.location}
          order={(one, other) => one.localeCompare(other)}
          words={(place) => place}
          value={filters.location}
          onChange={(location) => onChange({ location })}
        />
      </Field>
    </div>
  );
}

type FacetSelectProps = {
  any: string;
  counts: Record<string, number> | undefined;
  words: (value: string) => string;
  order?: (one: string, other: string) => number;
  value: string | undefined;
  onChange: (value: string) => void;
};

/** The values that mentors have, with how many; a value from the address is kept among them. */
function FacetSelect({
  any,
  counts = {},
  words,
  order,
  value = "",
  onChange,
  ...tied
}: FacetSelectProps) {
  const values = [...new Set([...Object.keys(counts), ...(value ? [value] : [])])];
  return (
    <Select {...tied} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{any}</option>
      {(order ? values.toSorted(order) : values).map((each) => (
        <option key={each} value={each}>
          {words(each)} ({counts[each] ?? 0})
        </option>
      ))}
    </Select>
  );
}
