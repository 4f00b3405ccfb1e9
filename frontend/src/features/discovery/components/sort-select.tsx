import { Select } from "@/components/ui/select";
import { type Sort, SORTS } from "@/features/discovery/hooks/use-filters";
import { t } from "@/lib/i18n";

type SortSelectProps = { value: Sort | undefined; onChange: (sort: Sort) => void };

export function SortSelect({ value, onChange }: SortSelectProps) {
  return (
    <Select
      aria-label={t("Sort by")}
      value={value ?? "relevance"}
      onChange={(event) => onChange(event.target.value as Sort)}
    >
      {Object.entries(SORTS).map(([sort, words]) => (
        <option key={sort} value={sort}>
          {t(words)}
        </option>
      ))}
    </Select>
  );
}
