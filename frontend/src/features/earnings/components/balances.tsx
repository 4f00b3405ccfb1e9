import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Money } from "@/components/ui/money";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { earningsQuery } from "@/features/earnings/api/earnings";
import { payoutAccountQuery } from "@/features/earnings/api/payout-account";
import { Part } from "@/features/earnings/components/part";
import { type Facts, outlookOf } from "@/features/earnings/outlook";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { msg, t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { nameOfDay } from "@/lib/time";

const KINDS = [
  {
    name: "pending",
    label: msg("Pending"),
    words: msg("Clients have paid it. It becomes available some days after the session."),
  },
  {
    name: "reserve",
    label: msg("In reserve"),
    words: msg("Kept back for a while in case something has to be refunded."),
  },
  {
    name: "on_its_way",
    label: msg("On its way"),
    words: msg("In a payout that has been approved and has not arrived yet."),
  },
  {
    name: "came_back",
    label: msg("Came back"),
    words: msg("A payout that came back to us. Check your payout account; then it is paid again."),
  },
  {
    name: "paid",
    label: msg("Paid so far"),
    words: msg("What your payout accounts have received."),
  },
] as const;

/** What there is in each currency, and what the next payout brings of it. */
export function Balances() {
  const earnings = useInfiniteQuery(earningsQuery);
  const account = useQuery(payoutAccountQuery).data?.data.account;
  const first = earnings.data?.pages[0];
  if (first === undefined) {
    return earnings.isError ? (
      <ErrorState
        error={earnings.error}
        title={t("Your balances could not be read")}
        onRetry={() => void earnings.refetch()}
        retrying={earnings.isFetching}
      />
    ) : (
      <Loading what={t("your balances")}>
        <Card>
          <Skeleton className="h-[32rem] w-full sm:h-96" />
        </Card>
      </Loading>
    );
  }
  if (first.earnings.length === 0) {
    return (
      <EmptyState
        title={t("No earnings yet")}
        action={
          <Button variant="secondary" asChild>
            <Link to={paths.profile({ tab: "offers" })}>{t("See what you offer")}</Link>
          </Button>
        }
      >
        {t(
          "What you earn appears here after a client has paid for a session. The next payout is on {day}.",
          { day: nameOfDay(first.next_payout_on) },
        )}
      </EmptyState>
    );
  }
  return first.earnings.map((balance) => (
    <Balance
      key={balance.currency}
      balance={balance}
      account={account}
      next={first.next_payout_on}
    />
  ));
}

type BalanceProps = Pick<Facts, "balance" | "account" | "next">;

function Balance({ balance, account, next }: BalanceProps) {
  const { time_zone: zone } = useUser();
  const outlook = outlookOf({ balance, account, next, now: serverNow(), zone });
  return (
    <Part title={t("Balance in {currency}", { currency: balance.currency })}>
      <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        <div className="grid gap-1 sm:col-span-full">
          <dt className="font-medium">{t("Available")}</dt>
          <dd className="font-serif text-3xl font-semibold">
            <Money value={balance.available} />
          </dd>
          <dd className="text-sm text-ink-soft">
            {balance.available.amount < 0
              ? t("More has gone back to clients than you had.")
              : t("Yours, and not in any payout yet.")}
          </dd>
        </div>
        {KINDS.filter(({ name }) => name !== "came_back" || balance[name].amount !== 0).map(
          ({ name, label, words }) => (
            <div
              key={name}
              className="grid grid-cols-[minmax(0,1fr)_auto] content-start items-baseline gap-x-4 border-t border-line pt-3"
            >
              <dt className="font-medium">{t(label)}</dt>
              <dd className="text-right font-semibold">
                <Money value={balance[name]} />
              </dd>
              <dd className="col-span-full text-sm text-ink-soft">{t(words)}</dd>
            </div>
          ),
        )}
      </dl>
      <Alert tone={outlook.tone} title={outlook.title}>
        <p>{outlook.words}</p>
      </Alert>
    </Part>
  );
}
