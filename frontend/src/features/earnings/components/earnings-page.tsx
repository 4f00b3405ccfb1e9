import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import { PageHeading } from "@/components/ui/page-heading";
import { AnalyticsCard } from "@/features/earnings/components/analytics-card";
import { Balances } from "@/features/earnings/components/balances";
import { MentorsOnly } from "@/features/earnings/components/mentors-only";
import { Movements } from "@/features/earnings/components/movements";
import { PayoutAccountCard } from "@/features/earnings/components/payout-account-card";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

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
        <Balances />
        <PayoutAccountCard />
        <AnalyticsCard />
        <Movements />
      </MentorsOnly>
    </div>
  );
}
