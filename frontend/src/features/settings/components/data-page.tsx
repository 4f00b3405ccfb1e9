import { PageHeading } from "@/components/ui/page-heading";
import { ErasureCard } from "@/features/settings/components/erasure-card";
import { ExportCard } from "@/features/settings/components/export-card";
import { t } from "@/lib/i18n";

/** What is kept of the reader: a copy of it, and the end of it. */
export function DataPage() {
  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <div className="grid gap-1">
        <PageHeading title={t("Your data")} />
        <p className="text-ink-soft">
          {t("Have a copy of all that is kept of you, or have it erased.")}
        </p>
      </div>
      <ExportCard />
      <ErasureCard />
    </div>
  );
}
