import { PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import type { PaymentIntent } from "@stripe/stripe-js";
import { LockKeyhole } from "lucide-react";
import { type SyntheticEvent, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { Failure } from "@/features/checkout/failure";
import { failureOf } from "@/features/checkout/failure";
import type { PayableKind } from "@/features/checkout/payable";
import { t } from "@/lib/i18n";
import { formatMoney, type Money } from "@/lib/money";

type PaymentFormProps = {
  price: Money;
  returnUrl: string;
  /** Why the last try failed, as far as the server knows it. */
  failure: Failure | null;
  what: PayableKind;
  /** The gateway has taken the payment on: it is paid, or it will be decided. */
  onTaken: () => void;
  onSubmitting: (submitting: boolean) => void;
};

const TAKEN: readonly (PaymentIntent["status"] | undefined)[] = [
  "succeeded",
  "processing",
  "requires_capture",
  "canceled",
];

/** The gateway's own fields, and the one button. A declined card leaves everything as it was. */
export function PaymentForm({
  price,
  returnUrl,
  failure: known,
  what,
  onTaken,
  onSubmitting,
}: PaymentFormProps) {
  const stripe = useStripe();
  const elements = useElements();
  const [ready, setReady] = useState(false);
  const [paying, setPaying] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(known);

  const pay = async () => {
    if (stripe === null || elements === null || paying) return;
    setPaying(true);
    setFailure(null);
    onSubmitting(true);
    const { error, paymentIntent } = await stripe.confirmPayment({
      elements,
      confirmParams: { return_url: returnUrl },
      redirect: "if_required",
    });
    setPaying(false);
    onSubmitting(false);
    if (TAKEN.includes((paymentIntent ?? error.payment_intent)?.status)) onTaken();
    else if (error !== undefined) setFailure(failureOf(error, what));
  };

  return (
    <form
      className="grid gap-5"
      aria-label={t("Payment")}
      onSubmit={(event: SyntheticEvent) => {
        event.preventDefault();
        void pay();
      }}
    >
      <div className="relative min-h-[13.125rem]">
        {ready ? null : <FieldsSkeleton />}
        <PaymentElement
          options={{ layout: "tabs" }}
          onReady={() => setReady(true)}
          onLoadError={({ error }) => setFailure(failureOf(error, what))}
        />
      </div>
      {failure === null ? null : (
        <Alert tone="danger" title={failure.title}>
          <p>{failure.detail}</p>
        </Alert>
      )}
      <Button type="submit" size="lg" className="w-full" busy={paying} disabled={!ready}>
        {t("Pay {price}", { price: formatMoney(price, { code: false }) })}
      </Button>
      <p className="flex items-start gap-2 text-sm text-ink-soft">
        <LockKeyhole aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        {t("Your card goes to our payment provider alone. Counterfoil never sees its number.")}
      </p>
    </form>
  );
}

export function FieldsSkeleton() {
  return (
    <div aria-hidden="true" className="absolute inset-0 grid content-start gap-4">
      <Skeleton className="h-[4.25rem] rounded-md" />
      <div className="grid grid-cols-2 gap-3">
        <Skeleton className="h-[4.25rem] rounded-md" />
        <Skeleton className="h-[4.25rem] rounded-md" />
      </div>
    </div>
  );
}
