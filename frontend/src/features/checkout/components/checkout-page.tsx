import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { Link, Navigate, useSearchParams } from "react-router";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { enterCheckoutDocument } from "@/features/checkout/checkout-document";
import { BookingCancelled, HoldEnded, PaidTooLate } from "@/features/checkout/components/ended";
import { HoldCountdown } from "@/features/checkout/components/hold-countdown";
import { OrderTicket } from "@/features/checkout/components/order-ticket";
import { PaymentChoice, wayOf } from "@/features/checkout/components/payment-choice";
import { Prepaid } from "@/features/checkout/components/prepaid";
import { Settlement } from "@/features/checkout/components/settlement";
import { useCountdown } from "@/features/checkout/hooks/use-countdown";
import { type Amounts, payableOf } from "@/features/checkout/payable";
import { stageOf } from "@/features/checkout/stage";
import { useUser } from "@/lib/auth";
import type { SessionOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { msg, t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { isMentorOf, sessionKeys, sessionQuery } from "@/lib/sessions";

const TITLE = msg("Pay for your session");

/** Everything is read from the session's id: a reload at any moment finds the same screen. */
export function CheckoutPage({ sessionId }: { sessionId: string }) {
  const [entered] = useState(() => enterCheckoutDocument());
  const session = useQuery({ ...sessionQuery(sessionId), refetchOnWindowFocus: "always" });

  if (session.isError && session.data === undefined) {
    return (
      <div className="mx-auto grid max-w-2xl gap-4">
        <PageHeading title={t(TITLE)} />
        <ErrorState
          error={session.error}
          onRetry={() => void session.refetch()}
          action={
            <Button variant="secondary" size="sm" asChild>
              <Link to={paths.sessions()}>{t("To my sessions")}</Link>
            </Button>
          }
        />
      </div>
    );
  }
  if (!entered || session.data === undefined) return <CheckoutSkeleton />;
  return <Checkout session={session.data} key={session.data.id} />;
}

function Checkout({ session }: { session: SessionOut }) {
  const reader = useUser();
  const client = useQueryClient();
  const [search] = useSearchParams();
  const seconds = useCountdown(session.expires_at);
  const [submitting, setSubmitting] = useState(false);
  const [way, setWay] = useState(() => wayOf(session));
  const [useCredit, setUseCredit] = useState(false);
  const payable = payableOf(session, useCredit);
  const [begun, setBegun] = useState<Amounts | null>(null);
  const returned = search.has("payment_intent") ? (session.payment?.id ?? null) : null;
  const [taken, setTaken] = useState<string | null>(returned);

  const readAgain = useCallback(
    () => void client.invalidateQueries({ queryKey: sessionKeys.one(session.id) }),
    [client, session.id],
  );

  const again = useCallback(() => setTaken(null), []);

  // The hold has run out while the page was open: the server says what became of it.
  useEffect(() => {
    if (seconds === 0 && session.status === "pending") readAgain();
  }, [seconds, session.status, readAgain]);

  if (isMentorOf(session, reader)) return <Navigate to={paths.session(session.id)} replace />;
  const stage = stageOf(session, serverNow());
  if (stage === "paid") return <Navigate to={paths.done(session.id)} replace />;
  if (stage === "moved" && session.replaced_by !== null) {
    return <Navigate to={paths.done(session.replaced_by)} replace />;
  }
  if (stage === "late") return <PaidTooLate session={session} />;
  if (stage === "cancelled") return <BookingCancelled session={session} />;
  // While the gateway works on a payment, the hold's end does not take the screen away.
  if (stage === "expired" && taken === null && !submitting) return <HoldEnded session={session} />;

  return (
    <div className="grid gap-6">
      <PageHeading title={t(TITLE)} />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-10">
        <div className="lg:sticky lg:top-24 lg:col-start-2 lg:row-start-1">
          <OrderTicket session={session} begun={begun} />
        </div>
        <div className="grid gap-4 lg:col-start-1 lg:row-start-1">
          {taken === null ? <HoldCountdown seconds={seconds} /> : null}
          {taken === null ? (
            <Prepaid session={session} onUseCredit={setUseCredit} onPaid={readAgain}>
              {(waiting) => (
                <PaymentChoice
                  payable={payable}
                  way={way}
                  onWay={setWay}
                  busy={submitting}
                  waiting={waiting}
                  onBegun={setBegun}
                  onTaken={setTaken}
                  onSubmitting={setSubmitting}
                  onStale={readAgain}
                />
              )}
            </Prepaid>
          ) : (
            <Card>
              <Settlement
                paymentId={taken}
                onDecided={readAgain}
                onAgain={again}
                what="session"
                open={session.status === "pending"}
              />
            </Card>
          )}
          {taken === null ? (
            <Button variant="link" size="inline" asChild className="justify-self-start">
              <Link to={paths.book(session.mentor.slug, { type: session.session_type.id })}>
                {t("Choose another time")}
              </Link>
            </Button>
          ) : null}
        </div>
      </div>
    </div>
  );
}

function CheckoutSkeleton() {
  return (
    <Loading what={t("your booking")} className="grid gap-6">
      <Skeleton className="h-9 w-72" />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-10">
        <Skeleton className="h-72 rounded-lg lg:col-start-2 lg:row-start-1" />
        <Skeleton className="h-96 rounded-lg lg:col-start-1 lg:row-start-1" />
      </div>
    </Loading>
  );
}
