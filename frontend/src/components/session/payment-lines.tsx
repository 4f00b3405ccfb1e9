import { Money } from "@/components/ui/money";
import type { PaymentOut, RefundOut } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";
import { formatMoney, type Money as Amount } from "@/lib/money";
import { formatInstant } from "@/lib/time";

const CAUSES: Partial<Record<string, string>> = {
  client_cancelled: msg("the client cancelled"),
  mentor_cancelled: msg("the mentor cancelled"),
  platform_cancelled: msg("we cancelled"),
  late_payment: msg("paid after the hold had ended"),
  goodwill: msg("a goodwill gesture"),
  by_policy: msg("by the cancellation policy"),
  mentor_fault: msg("because of the mentor"),
  platform_fault: msg("because of us"),
  dispute: msg("disputed with the bank"),
};
const REFUND_STATES: Partial<Record<string, string>> = {
  created: msg("on its way"),
  pending: msg("on its way"),
  succeeded: msg("sent back"),
  failed: msg("did not go through; we look into it"),
  cancelled: msg("withdrawn"),
};

/** What was paid, what of it went back, and for the mentor how it is split. */
export function PaymentLines({ payment, zone }: { payment: PaymentOut; zone: string }) {
  const { receipt, refunds, breakdown, amount } = payment;
  if (receipt === null) {
    return (
      <p className="text-ink-soft">
        {payment.status === "failed" || payment.status === "cancelled"
          ? t("Nothing was charged.")
          : t("The payment has not arrived yet.")}
        {payment.failure ? ` ${payment.failure.message}` : null}
      </p>
    );
  }
  const part = (minor: number): Amount => ({ amount: minor, currency: amount.currency });
  return (
    <dl className="divide-y divide-line border-y border-line">
      <Line what={t("Paid")} note={formatInstant(receipt.paid_at, zone)} value={receipt.amount} />
      {breakdown ? (
        <>
          <Line what={t("Payment provider’s fee")} value={part(-breakdown.gateway_fee)} />
          <Line what={t("Commission")} value={part(-breakdown.commission)} />
          <Line what={t("Your share")} value={part(breakdown.mentor_share)} strong />
        </>
      ) : null}
      {refunds.map((refund) => (
        <Line
          key={refund.id}
          what={t("Refund")}
          note={refundNote(refund, zone)}
          value={{ amount: -refund.amount.amount, currency: refund.amount.currency }}
        />
      ))}
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 py-2.5 text-sm text-ink-soft">
        <dt>{t("Receipt number")}</dt>
        <dd className="font-mono break-all">{receipt.number}</dd>
      </div>
    </dl>
  );
}

function refundNote(refund: RefundOut, zone: string): string {
  const facts = [
    t(REFUND_STATES[refund.status] ?? refund.status),
    formatInstant(refund.created_at, zone),
    t(CAUSES[refund.cause] ?? ""),
  ];
  return facts.filter(Boolean).join(" · ");
}

type LineProps = { what: string; note?: string; value: Amount; strong?: boolean };

function Line({ what, note, value, strong = false }: LineProps) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-2.5">
      <dt className={strong ? "font-semibold" : undefined}>
        {what}
        {note ? <span className="block text-sm text-ink-soft">{note}</span> : null}
      </dt>
      <dd className={strong ? "font-semibold" : undefined}>
        <Money value={value} aria-label={formatMoney(value)} />
      </dd>
    </div>
  );
}
