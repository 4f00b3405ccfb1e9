import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { BackLink } from "@/components/ui/back-link";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Money } from "@/components/ui/money";
import { PageHeading } from "@/components/ui/page-heading";
import { ShowMore } from "@/components/ui/show-more";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Words } from "@/components/words";
import { statementsQuery } from "@/features/earnings/api/earnings";
import { Dated } from "@/features/earnings/components/dated";
import { MentorsOnly } from "@/features/earnings/components/mentors-only";
import { PAYOUT_WORDS } from "@/features/earnings/words";
import type { StatementItem } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

/** A statement for each payout, the newest first. */
export function StatementsPage() {
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <div className="grid gap-2">
        <BackLink to={paths.earnings()}>{t("Earnings")}</BackLink>
        <PageHeading title={t("Payout statements")} />
      </div>
      <MentorsOnly>
        <Statements />
      </MentorsOnly>
    </div>
  );
}

function Statements() {
  const statements = useInfiniteQuery(statementsQuery);
  if (statements.isPending) {
    return (
      <Loading what={t("your statements")} className="grid gap-3">
        {[0, 1, 2, 3].map((row) => (
          <Skeleton key={row} className="h-24 rounded-lg" />
        ))}
      </Loading>
    );
  }
  if (statements.data === undefined) {
    return (
      <ErrorState
        error={statements.error}
        title={t("Your statements could not be read")}
        onRetry={() => void statements.refetch()}
        retrying={statements.isFetching}
      />
    );
  }
  const items = statements.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <EmptyState
        title={t("No payouts yet")}
        action={
          <Button variant="secondary" asChild>
            <Link to={paths.earnings()}>{t("See your earnings")}</Link>
          </Button>
        }
      >
        {t("Each payout has a statement here that shows every line it is made of.")}
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-4">
      <ul className="grid gap-3">
        {items.map((item) => (
          <li key={item.id}>
            <Item item={item} />
          </li>
        ))}
      </ul>
      {statements.isError ? (
        <ErrorState error={statements.error} onRetry={() => void statements.fetchNextPage()} />
      ) : null}
      <ShowMore list={statements}>{t("Show older statements")}</ShowMore>
    </div>
  );
}

function Item({ item }: { item: StatementItem }) {
  const { time_zone: zone } = useUser();
  const { label, tone } = PAYOUT_WORDS[item.status];
  return (
    <div className="relative flex flex-wrap items-center justify-between gap-x-6 gap-y-2 rounded-lg border border-line bg-card p-4 shadow-sm hover:border-line-strong sm:px-6">
      <div className="grid min-w-0 gap-1">
        {/* The link covers the card; its words are the day, so that each is called differently. */}
        <Link
          to={paths.statement(item.id)}
          className="font-medium text-accent underline-offset-4 after:absolute after:inset-0 hover:underline"
        >
          <Words
            text="Payout of <time/>"
            parts={{ time: <Dated at={item.created_at} zone={zone} /> }}
          />
        </Link>
        <span className="font-mono text-xs break-all text-ink-soft">{item.id}</span>
      </div>
      <div className="ml-auto flex flex-wrap items-center justify-end gap-3">
        <Badge tone={tone}>{t(label)}</Badge>
        <Money value={item.amount} className="text-right font-semibold" />
      </div>
    </div>
  );
}
