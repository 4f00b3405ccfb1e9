import { SlidersHorizontal } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { FilterPanel, type FilterPanelProps } from "@/features/discovery/components/filter-panel";
import { activeFilters } from "@/features/discovery/components/active-filters";
import { t, tn } from "@/lib/i18n";

type FilterDialogProps = FilterPanelProps & { total: number | undefined; onClear: () => void };

/** The filters where there is no room for them beside the list. */
export function FilterDialog({ total, onClear, ...panel }: FilterDialogProps) {
  const active = activeFilters(panel.filters, "UTC").length;
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="secondary" className="lg:hidden">
          <SlidersHorizontal aria-hidden="true" />
          {t("Filters")}
          {active > 0 ? ` (${active})` : ""}
        </Button>
      </DialogTrigger>
      <DialogContent title={t("Filters")}>
        <FilterPanel {...panel} />
        <div className="sticky -bottom-5 -mx-5 -mb-5 flex gap-2 border-t border-line bg-card p-4 sm:-bottom-6 sm:-mx-6 sm:-mb-6">
          <Button variant="ghost" onClick={onClear}>
            {t("Clear")}
          </Button>
          <DialogClose asChild>
            <Button className="flex-1">
              {total === undefined
                ? t("Show the mentors")
                : tn(total, "Show {count} mentor", "Show {count} mentors")}
            </Button>
          </DialogClose>
        </div>
      </DialogContent>
    </Dialog>
  );
}
