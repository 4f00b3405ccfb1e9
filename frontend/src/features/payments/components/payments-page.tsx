import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Money } from "@/components/ui/money";
import { PageHeading } from "@/components/ui/page-heading";
import { ShowMore } from "@/components/ui/show-more";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { paymentsQuery } from "@/features/payments/api/payments";
import { CreditPart } from "@/features/payments/components/credit-part";
import { gatewayName, standingOf, titleOf } from "@/features/payments/words";
import type { PaymentOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { cityOf, formatInstant } from "@/lib/time";

/** Every payment of the reader's, the newest first, each with its receipt. */
export function PaymentsPage() {
  const user = useUser();
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <div className="grid gap-1">
        <PageHeading title={t("Payments")} />
        <p className="text-ink-soft">
          {t(
            user.mentor === null
              ? "What you paid; times in {city}."
              : "What you paid, and what clients paid for you; times in {city}.",
            { city: cityOf(user.time_zone) },
          )}
        </p>
      </div>
      {user.can_book ? (
        <>
          <Link
            to={paths.packages()}
            className="justify-self-start font-medium text-accent underline-offset-4 hover:underline"
          >
            {t("Your packages")}
          </Link>
          <CreditPart />
        </>
      ) : null}
      <List />
    </div>
  );
}

function List() {
  const { can_book: client } = useUser();
  const payments = useInfiniteQuery(paymentsQuery);
  if (payments.isPending) {
    return (
      <Loading what={t("your payments")} className="grid gap-px">
        {[0, 1, 2, 3].map((row) => (
          <Skeleton key={row} className="h-20" />
        ))}
      </Loading>
    );
  }
  if (payments.data === undefined) {
    return (
      <ErrorState
        error={payments.error}
        title={t("Your payments could not be read")}
        onRetry={() => void payments.refetch()}
        retrying={payments.isFetching}
      />
    );
  }
  const items = payments.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty client={client} />;
  return (
    <div className="grid gap-4">
      <ul className="divide-y divide-line border-y border-line">
        {items.map((payment) => (
          <Row key={payment.id} payment={payment} />
        ))}
      </ul>
      <ShowMore list={payments}>{t("Show earlier payments")}</ShowMore>
    </div>
  );
}

function Empty({ client }: { client: boolean }) {
  return client ? (
    <EmptyState
      title={t("No payments yet")}
      action={
        <Button asChild>
          <Link to={paths.mentors()}>{t("Find a mentor")}</Link>
        </Button>
      }
    >
      {t("What you pay for sessions is here, with its receipt.")}
    </EmptyState>
  ) : (
    <EmptyState title={t("No payments yet")}>
      {t("What clients pay for your sessions is here.")}
    </EmptyState>
  );
}

function Row({ payment }: { payment: PaymentOut }) {
  const { time_zone: zone } = useUser();
  const { receipt, created_at: begun, amount, gateway } = payment;
  const standing = standingOf(payment);
  const back = receipt?.refunded ?? { ...amount, amount: 0 };
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 py-3">
      <Link
        to={paths.payment(payment.id)}
        className="font-medium text-pretty wrap-anywhere underline underline-offset-4"
      >
        {titleOf(payment)}
      </Link>
      <Money value={amount} className="text-right" />
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-soft">
        <Badge tone={standing.tone}>{standing.words}</Badge>
        {gatewayName(gateway)}
        <time dateTime={receipt?.paid_at ?? begun} className="tabular max-sm:w-full">
          {formatInstant(receipt?.paid_at ?? begun, zone)}
        </time>
      </span>
      {back.amount > 0 ? (
        <Money
          value={{ ...back, amount: -back.amount }}
          className="text-right text-sm text-ink-soft"
        />
      ) : null}
    </li>
  );
}
