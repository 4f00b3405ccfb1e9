import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { OwnPackage } from "@/features/packages/components/own-package";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { packagesQuery } from "@/lib/packages";
import { paths } from "@/lib/paths";

/** The reader's packages, the newest first: what is left of each, until when, and what to do. */
export function PackagesPage() {
  const [search] = useSearchParams();
  const user = useUser();
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <div className="grid gap-1">
        <PageHeading title={t("Your packages")} />
        <p className="text-ink-soft">
          {t(
            "Sessions that are paid for already. Book one, and choose the package at the payment.",
          )}
        </p>
      </div>
      {user.can_book ? (
        <List bought={search.get("bought")} />
      ) : (
        <EmptyState title={t("Packages are for clients")}>
          {t("They are bought by people who book. Sign in with a client’s account.")}
        </EmptyState>
      )}
    </div>
  );
}

function List({ bought }: { bought: string | null }) {
  const packages = useInfiniteQuery(packagesQuery);
  if (packages.isPending) {
    return (
      <Loading what={t("your packages")} className="grid gap-4">
        <Skeleton className="h-52 rounded-lg" />
        <Skeleton className="h-52 rounded-lg" />
      </Loading>
    );
  }
  if (packages.data === undefined) {
    return (
      <ErrorState
        error={packages.error}
        title={t("Your packages could not be read")}
        onRetry={() => void packages.refetch()}
        retrying={packages.isFetching}
      />
    );
  }
  const items = packages.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <EmptyState
        title={t("No packages yet")}
        action={
          <Button asChild>
            <Link to={paths.mentors()}>{t("Find a mentor")}</Link>
          </Button>
        }
      >
        {t("Some mentors sell several sessions at once, for less. You find that on their page.")}
      </EmptyState>
    );
  }
  const fresh = items.find(({ id, begun_at: begun }) => id === bought && begun !== null);
  return (
    <div className="grid gap-4">
      {fresh === undefined ? null : (
        <Alert tone="success" title={t("The package is yours")}>
          {t("We have sent the receipt. Book the first session whenever it suits you.")}
        </Alert>
      )}
      <ul className="grid gap-4">
        {items.map((one) => (
          <li key={one.id}>
            <OwnPackage bought={one} />
          </li>
        ))}
      </ul>
      {packages.hasNextPage ? (
        <Button
          variant="secondary"
          className="justify-self-start"
          busy={packages.isFetchingNextPage}
          onClick={() => void packages.fetchNextPage()}
        >
          {t("Show earlier packages")}
        </Button>
      ) : null}
    </div>
  );
}
