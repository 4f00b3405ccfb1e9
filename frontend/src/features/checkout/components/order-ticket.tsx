import { SessionFacts } from "@/components/session/session-facts";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { useUser } from "@/lib/auth";
import type { SessionOut } from "@/lib/api-types";
import type { Amounts } from "@/features/checkout/payable";
import { serverNow } from "@/lib/clock";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { policyInWords } from "@/lib/policy";

type OrderTicketProps = {
  session: SessionOut;
  /** The payment, once one is begun: what lowers the price is fixed by then. */
  begun: Amounts | null;
};

/** What is bought: the session, its price, and what cancelling would give back. */
export function OrderTicket({ session, begun }: OrderTicketProps) {
  const reader = useUser();
  const terms = policyInWords(session.policy, {
    startsAt: session.starts_at,
    zone: reader.time_zone,
    now: serverNow(),
  });
  return (
    <Ticket asChild>
      <article aria-label={t("Your booking")}>
        <TicketBody className="grid gap-4">
          <SessionFacts session={session} reader={reader} />
          {session.goals ? (
            <div className="hidden sm:block">
              <p className="ticket__label">{t("Your goals")}</p>
              <p className="line-clamp-3 text-[0.9375rem] whitespace-pre-line">{session.goals}</p>
            </div>
          ) : null}
        </TicketBody>
        <TicketStub className="grid gap-3">
          {begun === null ? null : <Reductions begun={begun} />}
          <div className="flex items-baseline justify-between gap-4">
            <span className="ticket__label">{t("To pay")}</span>
            <span className="ticket__amount">{formatMoney(begun?.amount ?? session.price)}</span>
          </div>
          <ul className="grid gap-0.5 text-sm text-ink-soft">
            {terms.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </TicketStub>
      </article>
    </Ticket>
  );
}

/** The price and what is taken off it; nothing where nothing is. */
function Reductions({ begun: { price, discount, credit } }: { begun: Amounts }) {
  const off = [
    { what: t("Discount"), value: discount },
    { what: t("Your credit"), value: credit },
  ].filter(({ value }) => value.amount > 0);
  if (off.length === 0) return null;
  return (
    <dl className="grid gap-1">
      {[{ what: t("Price"), value: price }, ...off].map(({ what, value }, row) => (
        <div key={what} className="flex items-baseline justify-between gap-4">
          <dt className="text-ink-soft">{what}</dt>
          <dd className="tabular">
            {formatMoney({ ...value, amount: row === 0 ? value.amount : -value.amount })}
          </dd>
        </div>
      ))}
    </dl>
  );
}
