import { useQuery } from "@tanstack/react-query";
import { PaymentLines } from "@/components/session/payment-lines";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { t } from "@/lib/i18n";
import { paymentQuery } from "@/lib/payments";

type SessionMoneyProps = { paymentId: string; zone: string };

/** What was paid, what went back, and for the mentor how the price is split. */
export function SessionMoney({ paymentId, zone }: SessionMoneyProps) {
  const payment = useQuery(paymentQuery(paymentId));
  return (
    <section className="grid gap-3" aria-labelledby="money">
      <h2 id="money" className="text-xl">
        {t("Money")}
      </h2>
      {payment.isPending ? (
        <Loading what={t("the payment")}>
          <Skeleton className="h-[8.0375rem] sm:h-[6.85rem]" />
        </Loading>
      ) : null}
      {payment.data === undefined && payment.isError ? (
        <ErrorState error={payment.error} onRetry={() => void payment.refetch()} />
      ) : null}
      {payment.data ? <PaymentLines payment={payment.data} zone={zone} /> : null}
    </section>
  );
}
