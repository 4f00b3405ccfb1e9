import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { offersQuery } from "@/features/profile/api/offers";
import { OwnMeetings } from "@/features/profile/components/own-meetings";
import { OwnPackages } from "@/features/profile/components/own-packages";
import { t } from "@/lib/i18n";

/** Packages and group meetings, both made of the mentor's session types. */
export function SellingTab({ slug }: { slug: string }) {
  const types = useQuery(offersQuery);
  if (types.isPending) {
    return (
      <Loading what={t("your sessions")} className="grid gap-4">
        <Skeleton className="h-40" />
        <Skeleton className="h-40" />
      </Loading>
    );
  }
  if (types.data === undefined) {
    return (
      <ErrorState
        error={types.error}
        title={t("Your sessions could not be read")}
        onRetry={() => void types.refetch()}
        retrying={types.isFetching}
      />
    );
  }
  return (
    <div className="grid gap-8">
      <OwnPackages slug={slug} types={types.data.items} />
      <OwnMeetings types={types.data.items} />
    </div>
  );
}
