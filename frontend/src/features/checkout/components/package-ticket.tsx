import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import type { OfferOut } from "@/lib/api-types";
import { t, tn } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { durationWords } from "@/lib/words";

/** What is bought: so many sessions, for how long, and what becomes of those that are not used. */
export function PackageTicket({ offer }: { offer: OfferOut }) {
  const { mentor, session_type: type, sessions, price, valid_days: days } = offer;
  return (
    <Ticket asChild>
      <article aria-label={t("Your package")}>
        <TicketBody className="grid gap-1">
          <p className="font-serif text-xl leading-snug font-semibold">
            {t("{count} × {session}", { count: sessions, session: type.name })}
          </p>
          <p className="text-ink-soft">
            {t("with {name}, {length} each", {
              name: mentor.name,
              length: durationWords(type.duration_minutes),
            })}
          </p>
        </TicketBody>
        <TicketStub className="grid gap-3">
          <div className="flex items-baseline justify-between gap-4">
            <span className="ticket__label">{t("To pay")}</span>
            <span className="ticket__amount">{formatMoney(price)}</span>
          </div>
          <ul className="grid gap-0.5 text-sm text-ink-soft">
            <li>
              {tn(
                days,
                "Valid {count} day from the payment; what is unused lapses then.",
                "Valid {count} days from the payment; what is unused lapses then.",
              )}
            </li>
            <li>{t("Until then you can have the price of unused sessions back.")}</li>
          </ul>
        </TicketStub>
      </article>
    </Ticket>
  );
}
