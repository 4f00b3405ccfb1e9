import { Elements } from "@stripe/react-stripe-js";
import type { Stripe } from "@stripe/stripe-js";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Loading } from "@/components/ui/skeleton";
import { intentQuery } from "@/features/checkout/api/checkout";
import { gatewayQuery } from "@/features/checkout/api/gateway";
import { fonts } from "@/features/checkout/appearance";
import { FieldsSkeleton, PaymentForm } from "@/features/checkout/components/payment-form";
import { failureFromServer } from "@/features/checkout/failure";
import { useAppearance } from "@/features/checkout/hooks/use-appearance";
import type { IntentOut, SessionOut } from "@/lib/api-types";
import { paths } from "@/lib/paths";
import { hasCode } from "@/lib/problem";

type CardPaymentProps = {
  session: SessionOut;
  onTaken: (paymentId: string) => void;
  onSubmitting: (submitting: boolean) => void;
  /** The server says that this hold cannot be paid any more: look again. */
  onStale: () => void;
};

/** From the hold to the gateway's fields: the intent, the gateway's script, the form. */
export function CardPayment({ session, onTaken, onSubmitting, onStale }: CardPaymentProps) {
  const intent = useQuery(intentQuery(session.id));
  const key = intent.data?.publishable_key;
  const gateway = useQuery({ ...gatewayQuery(key ?? ""), enabled: key !== undefined });
  const secret = intent.data?.client_secret;
  const payment = intent.data?.payment_id;

  const stale = hasCode(intent.error, "hold_expired", "not_payable");
  useEffect(() => {
    if (stale) onStale();
  }, [stale, onStale]);

  // A reload in the middle of a payment: what the gateway has taken on is not asked for again.
  const taken = useQuery({
    queryKey: ["checkout", "taken", payment],
    queryFn: () => isTaken(gateway.data, secret),
    enabled: gateway.data !== undefined && typeof secret === "string",
    gcTime: 0,
  });
  useEffect(() => {
    if (taken.data === true && payment !== undefined) onTaken(payment);
  }, [taken.data, payment, onTaken]);

  if (intent.isError) {
    return stale ? (
      <Fields />
    ) : (
      <ErrorState
        error={intent.error}
        title="The payment could not be begun"
        onRetry={() => void intent.refetch()}
        retrying={intent.isFetching}
      />
    );
  }
  if (gateway.isError) return <NoGateway />;
  if (!intent.data || !gateway.data || taken.isPending || taken.data === true) return <Fields />;
  return (
    <Form
      session={session}
      intent={intent.data}
      stripe={gateway.data}
      onTaken={onTaken}
      onSubmitting={onSubmitting}
    />
  );
}

type FormProps = Pick<CardPaymentProps, "session" | "onTaken" | "onSubmitting"> & {
  intent: IntentOut;
  stripe: Stripe;
};

function Form({ session, intent, stripe, onTaken, onSubmitting }: FormProps) {
  const appearance = useAppearance();
  const options = useMemo(
    () => ({ clientSecret: intent.client_secret ?? "", appearance, fonts: fonts() }),
    [intent.client_secret, appearance],
  );
  const known = session.payment?.failure;
  return (
    <Elements stripe={stripe} options={options}>
      <PaymentForm
        price={intent.amount}
        returnUrl={new URL(paths.pay(session.id), location.origin).href}
        failure={known ? failureFromServer(known) : null}
        onTaken={() => onTaken(intent.payment_id)}
        onSubmitting={onSubmitting}
      />
    </Elements>
  );
}

async function isTaken(stripe: Stripe | undefined, secret: string | null | undefined) {
  if (stripe === undefined || !secret) return false;
  const { paymentIntent } = await stripe.retrievePaymentIntent(secret);
  return paymentIntent?.status === "processing" || paymentIntent?.status === "succeeded";
}

function Fields() {
  return (
    <Loading what="the payment form" className="relative min-h-[21.125rem] sm:min-h-[19.875rem]">
      <FieldsSkeleton />
    </Loading>
  );
}

/** Blocked by an extension or a network, or the provider is down. */
function NoGateway() {
  return (
    <Alert tone="danger" title="The payment form could not be loaded">
      <p>
        Our payment provider’s script did not arrive. Nothing was charged, and the time stays yours
        until the hold ends. Check your connection, or allow the script if you block some, and try
        again.
      </p>
      <Button variant="secondary" size="sm" className="mt-3" onClick={() => location.reload()}>
        Try again
      </Button>
    </Alert>
  );
}
