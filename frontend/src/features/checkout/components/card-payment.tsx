import { Elements } from "@stripe/react-stripe-js";
import type { Stripe } from "@stripe/stripe-js";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { ErrorState } from "@/components/ui/error-state";
import { gatewayQuery } from "@/features/checkout/api/gateway";
import { fonts } from "@/features/checkout/appearance";
import { type Payable, useBegun } from "@/features/checkout/payable";
import type { PaymentProps } from "@/features/checkout/components/payment-choice";
import { CardFieldsLoading, NoGateway } from "@/features/checkout/components/payment-fields";
import { PaymentForm } from "@/features/checkout/components/payment-form";
import { failureFromServer } from "@/features/checkout/failure";
import { useAppearance } from "@/features/checkout/hooks/use-appearance";
import type { IntentOut } from "@/lib/api-types";
import { language, t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";

/** From the hold to the gateway's fields: the intent, the gateway's script, the form. */
export function CardPayment({ payable, onBegun, onTaken, onSubmitting, onStale }: PaymentProps) {
  const intent = useQuery(payable.intent("stripe"));
  useBegun(intent.data, onBegun);
  const key = intent.data?.publishable_key ?? undefined;
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
      <CardFieldsLoading />
    ) : (
      <ErrorState
        error={intent.error}
        title={t("The payment could not be begun")}
        onRetry={() => void intent.refetch()}
        retrying={intent.isFetching}
      />
    );
  }
  if (gateway.isError) return <NoGateway what={payable.kind} />;
  if (!intent.data || !gateway.data || taken.isPending || taken.data === true)
    return <CardFieldsLoading />;
  return (
    <Form
      payable={payable}
      intent={intent.data}
      stripe={gateway.data}
      onTaken={onTaken}
      onSubmitting={onSubmitting}
    />
  );
}

type FormProps = Pick<PaymentProps, "onTaken" | "onSubmitting"> & {
  payable: Payable;
  intent: IntentOut;
  stripe: Stripe;
};

function Form({ payable, intent, stripe, onTaken, onSubmitting }: FormProps) {
  const appearance = useAppearance();
  const options = useMemo(
    () => ({
      clientSecret: intent.client_secret ?? "",
      appearance,
      fonts: fonts(),
      locale: inPageLanguage(),
    }),
    [intent.client_secret, appearance],
  );
  const known = payable.failed?.("stripe") ?? null;
  return (
    <Elements stripe={stripe} options={options}>
      <PaymentForm
        price={intent.amount}
        returnUrl={new URL(payable.address, location.origin).href}
        failure={known ? failureFromServer(known, payable.kind) : null}
        what={payable.kind}
        onTaken={() => onTaken(intent.payment_id)}
        onSubmitting={onSubmitting}
      />
    </Elements>
  );
}

/** The gateway's own words are in the page's language, too; English ones as the browser has them. */
function inPageLanguage(): "auto" | "de" {
  return language() === "de" ? "de" : "auto";
}

async function isTaken(stripe: Stripe | undefined, secret: string | null | undefined) {
  if (stripe === undefined || !secret) return false;
  const { paymentIntent } = await stripe.retrievePaymentIntent(secret);
  return paymentIntent?.status === "processing" || paymentIntent?.status === "succeeded";
}
