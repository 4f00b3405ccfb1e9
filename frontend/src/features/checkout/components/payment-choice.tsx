import { Card } from "@/components/ui/card";
import { RadioCard, RadioCards } from "@/components/ui/radio-cards";
import { CardPayment } from "@/features/checkout/components/card-payment";
import { PayPalPayment } from "@/features/checkout/components/paypal-payment";
import { CardFieldsLoading } from "@/features/checkout/components/payment-fields";
import type { Amounts, Payable } from "@/features/checkout/payable";
import type { SessionOut } from "@/lib/api-types";
import type { Way } from "@/features/checkout/api/checkout";
import { t } from "@/lib/i18n";

export type PaymentProps = {
  payable: Payable;
  onBegun?: (amounts: Amounts) => void;
  onTaken: (paymentId: string) => void;
  onSubmitting: (submitting: boolean) => void;
  /** The server says that this cannot be paid any more: look again. */
  onStale: () => void;
};

type PaymentChoiceProps = PaymentProps & {
  way: Way;
  onWay: (way: Way) => void;
  /** While a payment is under way, the choice stands still. */
  busy: boolean;
  /** What else could pay is being looked for: nothing is begun yet. */
  waiting?: boolean;
};

/** The payment that was begun last says how; another way ends it there. */
export function wayOf(session: SessionOut): Way {
  return session.payment?.gateway === "paypal" ? "paypal" : "stripe";
}

/** How to pay, and below it what that way needs. Only the chosen one begins a payment. */
export function PaymentChoice({
  way,
  onWay,
  busy,
  waiting = false,
  ...payment
}: PaymentChoiceProps) {
  return (
    <Card className="grid gap-5">
      <RadioCards
        aria-label={t("How do you want to pay?")}
        className="sm:grid-cols-2"
        value={way}
        onValueChange={(chosen) => onWay(chosen === "paypal" ? "paypal" : "stripe")}
        disabled={busy || waiting}
      >
        <RadioCard value="stripe" title={t("Card")} />
        <RadioCard value="paypal" title="PayPal" />
      </RadioCards>
      {waiting ? (
        <CardFieldsLoading />
      ) : way === "paypal" ? (
        <PayPalPayment {...payment} />
      ) : (
        <CardPayment {...payment} />
      )}
    </Card>
  );
}
