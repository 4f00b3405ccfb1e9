import { useQuery } from "@tanstack/react-query";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { pageQuery } from "@/features/profile/api/page";
import { FactsForm } from "@/features/profile/components/facts-form";
import { PageDifference } from "@/features/profile/components/page-difference";
import { PageStatus } from "@/features/profile/components/page-status";
import { WordsForm } from "@/features/profile/components/words-form";
import { t } from "@/lib/i18n";

/** The words and the picture: where they stand, what would change, and the forms to change them. */
export function PageTab() {
  const page = useQuery(pageQuery);
  if (page.isPending) {
    return (
      <Loading what={t("your page")} className="grid gap-5">
        <Skeleton className="h-28" />
        <Skeleton className="h-96" />
      </Loading>
    );
  }
  if (page.data === undefined) {
    return (
      <ErrorState
        error={page.error}
        title={t("Your page could not be read")}
        onRetry={() => void page.refetch()}
        retrying={page.isFetching}
      />
    );
  }
  const { data, tag } = page.data;
  const again = async () => {
    await page.refetch();
  };
  return (
    <div className="grid gap-5">
      <PageStatus page={data} />
      {data.live !== null && data.pending !== null && data.differing.length > 0 ? (
        <PageDifference live={data.live} pending={data.pending} differing={data.differing} />
      ) : null}
      <Card>
        <WordsForm key={`words ${data.version}`} page={data} tag={tag} onReadAgain={again} />
      </Card>
      <Card>
        <FactsForm
          key={`facts ${data.location} ${data.languages.join()}`}
          page={data}
          tag={tag}
          onReadAgain={again}
        />
      </Card>
    </div>
  );
}
