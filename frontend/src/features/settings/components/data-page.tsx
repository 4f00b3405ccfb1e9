import { useQuery } from "@tanstack/react-query";
import { Card } from "@/components/ui/card";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { erasureQuery, exportQuery } from "@/features/settings/api/data";
import { ErasureCard } from "@/features/settings/components/erasure-card";
import { ExportCard } from "@/features/settings/components/export-card";
import { t } from "@/lib/i18n";
import { useTogether } from "@/lib/use-together";

/** What is kept of the reader: a copy of it, and the end of it. */
export function DataPage() {
  const copy = useQuery(exportQuery);
  const erasure = useQuery(erasureQuery);
  const together = useTogether(copy, erasure);
  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <div className="grid gap-1">
        <PageHeading title={t("Your data")} />
        <p className="text-ink-soft">
          {t("Have a copy of all that is kept of you, or have it erased.")}
        </p>
      </div>
      {together ? null : (
        <Loading what={t("your data")} className="grid gap-6">
          {[0, 1].map((card) => (
            <Card key={card}>
              <Skeleton className="h-64 w-full" />
            </Card>
          ))}
        </Loading>
      )}
      <div className={together ? "contents" : "hidden"}>
        <ExportCard />
        <ErasureCard />
      </div>
    </div>
  );
}
