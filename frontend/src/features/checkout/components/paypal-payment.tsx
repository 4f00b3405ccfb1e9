import { useQuery } from "@tanstack/react-query";
import { LockKeyhole } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { ErrorState } from "@/components/ui/error-state";
import { type PayPal, paypalQuery } from "@/features/checkout/api/paypal";
import { NoGateway, PayPalLoading } from "@/features/checkout/components/payment-fields";
import type { PaymentProps } from "@/features/checkout/components/payment-choice";
import { type Failure, failureFromServer } from "@/features/checkout/failure";
import { type PayableKind, useBegun } from "@/features/checkout/payable";
import { t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";

type Said = Failure & { tone: "info" | "danger" };

const closed = (what: PayableKind): Said => ({
  tone: "info",
  title: t("PayPal was closed"),
  detail: t(
    what === "package"
      ? "Nothing was charged. Press the button to open it again."
      : "Nothing was charged and the time is still yours. Press the button to open it again.",
  ),
});
const broken = (): Said => ({
  tone: "danger",
  title: t("PayPal did not answer"),
  detail: t("You have not been charged. Try again, or choose another way to pay."),
});

/** From the hold to PayPal's button. The payer approves there; our server takes the money. */
export function PayPalPayment({ payable, onBegun, onTaken, onSubmitting, onStale }: PaymentProps) {
  const intent = useQuery(payable.intent("paypal"));
  useBegun(intent.data, onBegun);
  const clientId = intent.data?.client_id;
  const paypal = useQuery({
    ...paypalQuery(clientId ?? "", payable.currency),
    enabled: typeof clientId === "string",
  });
  const known = payable.failed?.("paypal") ?? null;
  const [said, setSaid] = useState<Said | null>(
    known === null ? null : { tone: "danger", ...failureFromServer(known, payable.kind) },
  );

  const stale = hasCode(intent.error, "hold_expired", "not_payable");
  useEffect(() => {
    if (stale) onStale();
  }, [stale, onStale]);

  if (intent.isError && !stale) {
    return (
      <ErrorState
        error={intent.error}
        title={t("The payment could not be begun")}
        onRetry={() => void intent.refetch()}
        retrying={intent.isFetching}
      />
    );
  }
  if (paypal.isError) return <NoGateway what={payable.kind} />;
  const payment = intent.data;
  if (!payment?.order_id || paypal.data === undefined) return <PayPalLoading />;
  return (
    <section
      aria-label={t("Payment with PayPal")}
      className="grid min-h-[6.5rem] content-start gap-4"
    >
      {said === null ? null : (
        <Alert tone={said.tone} title={said.title}>
          <p>{said.detail}</p>
        </Alert>
      )}
      <PayPalButton
        paypal={paypal.data}
        orderId={payment.order_id}
        what={payable.kind}
        onOpen={() => {
          setSaid(null);
          onSubmitting(true);
        }}
        onApproved={() => {
          onSubmitting(false);
          onTaken(payment.payment_id);
        }}
        onLeft={(how) => {
          onSubmitting(false);
          setSaid(how);
        }}
      />
      <p className="flex items-start gap-2 text-sm text-ink-soft">
        <LockKeyhole aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        {t(
          payable.kind === "package"
            ? "You approve the payment at PayPal. We take it at once, and the package is yours."
            : "You approve the payment at PayPal. We take it only while this time is held for you.",
        )}
      </p>
    </section>
  );
}

type PayPalButtonProps = {
  paypal: PayPal;
  orderId: string;
  what: PayableKind;
  onOpen: () => void;
  onApproved: () => void;
  onLeft: (how: Said) => void;
};

/** Which of its words PayPal puts on its button. */
const LABEL = "pay";

/** PayPal's own button, in a place that React leaves alone. */
function PayPalButton({ paypal, orderId, what, onOpen, onApproved, onLeft }: PayPalButtonProps) {
  const place = useRef<HTMLDivElement>(null);
  const open = useEffectEvent(onOpen);
  const approved = useEffectEvent(onApproved);
  const left = useEffectEvent(onLeft);

  useEffect(() => {
    const into = place.current;
    if (into === null) return;
    const buttons = paypal.Buttons({
      style: { layout: "vertical", label: LABEL },
      createOrder: () => {
        open();
        return Promise.resolve(orderId);
      },
      onApprove: () => {
        approved();
        return Promise.resolve();
      },
      onCancel: () => left(closed(what)),
      onError: () => left(broken()),
    });
    void buttons.render(into);
    return () => {
      void buttons.close();
      into.replaceChildren();
    };
  }, [paypal, orderId, what]);

  return <div ref={place} className="min-h-12" />;
}
