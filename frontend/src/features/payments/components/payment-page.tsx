import { useQuery } from "@tanstack/react-query";
import { Printer } from "lucide-react";
import { Link } from "react-router";
import { PaymentLines } from "@/components/session/payment-lines";
import { BackLink } from "@/components/ui/back-link";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { ReadFailure } from "@/components/ui/read-failure";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Words } from "@/components/words";
import { gatewayName, isPayee, standingOf, titleOf } from "@/features/payments/words";
import type { PaymentOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { paymentQuery } from "@/lib/payments";
import { formatInstant } from "@/lib/time";

/** One payment as its receipt: what, when, how, and what of it went back. Made to be printed. */
export function PaymentPage({ paymentId }: { paymentId: string }) {
  const payment = useQuery(paymentQuery(paymentId));
  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      {payment.data ? (
        <Whole payment={payment.data} />
      ) : payment.isError ? (
        <ReadFailure
          what="payment"
          error={payment.error}
          onRetry={() => void payment.refetch()}
          retrying={payment.isFetching}
          list={{ to: paths.payments(), label: t("Your payments") }}
        />
      ) : (
        <Loading what={t("the payment")} className="grid gap-6">
          <Skeleton className="h-20" />
          <Skeleton className="h-44" />
        </Loading>
      )}
    </div>
  );
}

function Whole({ payment }: { payment: PaymentOut }) {
  const { time_zone: zone } = useUser();
  const { receipt, session_id: session, gateway } = payment;
  const standing = standingOf(payment);
  const starts = receipt?.session_starts_at ?? null;
  return (
    <>
      <BackLink to={paths.payments()}>{t("All payments")}</BackLink>
      <header className="grid gap-2">
        <PageHeading title={receipt === null ? t("Payment") : t("Receipt")} />
        <p className="text-lg text-pretty">{titleOf(payment)}</p>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-soft">
          <Badge tone={standing.tone}>{standing.words}</Badge>
          {gatewayName(gateway)}
        </p>
        {starts === null ? null : (
          <p className="text-ink-soft">
            <Words
              text="Its session: <start>{at}</start>"
              values={{ at: formatInstant(starts, zone) }}
              parts={{ start: <time dateTime={starts} /> }}
            />
          </p>
        )}
      </header>
      <section aria-label={t("Amounts")}>
        <PaymentLines payment={payment} zone={zone} />
      </section>
      {receipt === null ? null : (
        <p className="hidden text-ink-soft print:block">
          {t(isPayee(payment) ? "Paid by {client}, Counterfoil." : "For {client}, Counterfoil.", {
            client: receipt.client,
          })}
        </p>
      )}
      <div className="flex flex-wrap gap-2 print:hidden">
        {session === null ? null : (
          <Button variant="secondary" asChild>
            <Link to={paths.session(session)}>{t("To the session")}</Link>
          </Button>
        )}
        {receipt === null ? null : (
          <Button variant="secondary" onClick={() => window.print()}>
            <Printer aria-hidden="true" />
            {t("Print the receipt")}
          </Button>
        )}
      </div>
    </>
  );
}
