import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import { PageHeading } from "@/components/ui/page-heading";
import { Card } from "@/components/ui/card";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { earningsQuery } from "@/features/earnings/api/earnings";
import { payoutAccountQuery } from "@/features/earnings/api/payout-account";
import { AnalyticsCard, useAnalytics } from "@/features/earnings/components/analytics-card";
import { Balances } from "@/features/earnings/components/balances";
import { MentorsOnly } from "@/features/earnings/components/mentors-only";
import { Movements } from "@/features/earnings/components/movements";
import { PayoutAccountCard } from "@/features/earnings/components/payout-account-card";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { useTogether } from "@/lib/use-together";

/** What the mentor has, when and where it is paid, how it came, and what moved it. */
export function EarningsPage() {
  return (
    <div className="mx-auto grid max-w-4xl gap-6 *:min-w-0">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <PageHeading title={t("Earnings")} />
        <Link
          to={paths.statements()}
          className="inline-flex min-h-6 items-center gap-1 font-medium text-accent underline-offset-4 hover:underline"
        >
          {t("Payout statements")}
          <ArrowRight aria-hidden="true" className="size-4" />
        </Link>
      </div>
      <MentorsOnly>
        <Cards />
      </MentorsOnly>
    </div>
  );
}

function Cards() {
  const earnings = useInfiniteQuery(earningsQuery);
  const account = useQuery(payoutAccountQuery);
  const { analytics } = useAnalytics();
  const together = useTogether(earnings, account, analytics);
  return (
    <>
      {together ? null : (
        <Loading what={t("your earnings")} className="grid gap-6">
          <Card>
            <Skeleton className="h-[32rem] w-full sm:h-96" />
          </Card>
          <Card>
            <Skeleton className="h-60 w-full" />
          </Card>
          <Card>
            <Skeleton className="h-96 w-full" />
          </Card>
        </Loading>
      )}
      <div className={together ? "contents" : "hidden"}>
        <Balances />
        <PayoutAccountCard />
        <AnalyticsCard />
        <Movements />
      </div>
    </>
  );
}
