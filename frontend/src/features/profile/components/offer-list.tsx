import { useQuery } from "@tanstack/react-query";
import { Archive, Pencil, Plus, RotateCcw } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Money } from "@/components/ui/money";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { Words } from "@/components/words";
import { offersQuery, useChangeOffer } from "@/features/profile/api/offers";
import { ChangeOffer, MakeOffer } from "@/features/profile/components/offer-dialog";
import type { OwnOffer } from "@/lib/api-types";
import { t, tn } from "@/lib/i18n";
import { policyWords } from "@/lib/terms";
import { toast } from "@/lib/toast";
import { durationWords } from "@/lib/words";

/** What the mentor sells, each a ticket; what is offered no more stands below. */
export function OfferList() {
  const offers = useQuery(offersQuery);
  const [making, setMaking] = useState(false);
  if (offers.isPending) {
    return (
      <Loading what={t("your sessions")} className="grid gap-4">
        {[0, 1].map((row) => (
          <Skeleton key={row} className="h-40" />
        ))}
      </Loading>
    );
  }
  if (offers.data === undefined) {
    return (
      <ErrorState
        error={offers.error}
        title={t("Your sessions could not be read")}
        onRetry={() => void offers.refetch()}
        retrying={offers.isFetching}
      />
    );
  }
  const { items } = offers.data;
  const offered = items.filter((offer) => offer.active);
  const retired = items.filter((offer) => !offer.active);
  const add = (
    <Button onClick={() => setMaking(true)}>
      <Plus aria-hidden="true" />
      {t("Offer a session")}
    </Button>
  );
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-ink-soft">
          {t(
            "Visitors see a change as soon as you save it. What is booked keeps its price and its length.",
          )}
        </p>
        {items.length === 0 ? null : add}
      </div>
      {offered.length === 0 ? (
        <EmptyState
          title={t("You offer nothing at present")}
          action={items.length === 0 ? add : null}
        >
          {t("Clients book what you offer here, in the hours that you are free.")}
        </EmptyState>
      ) : (
        <section className="grid gap-4">
          <h2 className="sr-only">{t("Offered")}</h2>
          <List offers={offered} label={t("Offered")} />
        </section>
      )}
      {retired.length === 0 ? null : (
        <section className="grid gap-4">
          <h2 className="text-lg">{t("Not offered any more")}</h2>
          <List offers={retired} label={t("Not offered any more")} />
        </section>
      )}
      <MakeOffer
        open={making}
        onClose={() => setMaking(false)}
        currency={items[0]?.price.currency}
      />
    </div>
  );
}

function List({ offers, label }: { offers: readonly OwnOffer[]; label: string }) {
  return (
    <ul className="grid gap-4" aria-label={label}>
      {offers.map((offer) => (
        <li key={offer.id}>
          <Offer offer={offer} />
        </li>
      ))}
    </ul>
  );
}

/** Whose button it is, for those who do not see the ticket around it. */
const NAME_ALOUD = { offer: <span className="sr-only" /> };

/** "1 hour, up to 8 seats" */
function lengthAndSeats({ duration_minutes: minutes, capacity }: OwnOffer): string {
  const length = durationWords(minutes);
  if (capacity <= 1) return length;
  return tn(capacity, "{length}, up to {count} seat", "{length}, up to {count} seats", { length });
}

function Offer({ offer }: { offer: OwnOffer }) {
  const [editing, setEditing] = useState(false);
  const change = useChangeOffer(offer.id);
  const offerIt = (active: boolean) =>
    change.mutate(
      { body: { active } },
      {
        onSuccess: () =>
          toast.success(
            t(active ? "Visitors see {name} again." : "{name} is offered no more.", {
              name: offer.name,
            }),
          ),
      },
    );
  return (
    <Ticket asChild>
      <article>
        <TicketBody className="grid gap-2">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <h3 className="min-w-0 text-lg break-words">{offer.name}</h3>
            <Badge tone={offer.active ? "success" : "quiet"}>
              {offer.active ? t("Offered") : t("Retired")}
            </Badge>
          </div>
          <p className="flex items-baseline justify-between gap-4">
            <span className="text-ink-soft">{lengthAndSeats(offer)}</span>
            <Money value={offer.price} className="ticket__amount" />
          </p>
          {offer.description === "" ? null : (
            <p className="break-words whitespace-pre-line">{offer.description}</p>
          )}
          <p className="text-sm text-ink-soft">{policyWords(offer.policy)}</p>
          {change.isError ? (
            <ErrorState
              error={change.error}
              title={t("{name} is as it was", { name: offer.name })}
            />
          ) : null}
        </TicketBody>
        <TicketStub>
          <div className="flex flex-wrap gap-2">
            <Button variant="secondary" size="sm" onClick={() => setEditing(true)}>
              <Pencil aria-hidden="true" />
              <Words
                text="Change <offer>{name}</offer>"
                values={{ name: offer.name }}
                parts={NAME_ALOUD}
              />
            </Button>
            {offer.active ? (
              <Button
                variant="ghost"
                size="sm"
                busy={change.isPending}
                onClick={() => offerIt(false)}
              >
                <Archive aria-hidden="true" />
                <Words
                  text="Offer no more<offer>: {name}</offer>"
                  values={{ name: offer.name }}
                  parts={NAME_ALOUD}
                />
              </Button>
            ) : (
              <Button
                variant="ghost"
                size="sm"
                busy={change.isPending}
                onClick={() => offerIt(true)}
              >
                <RotateCcw aria-hidden="true" />
                <Words
                  text="Offer again<offer>: {name}</offer>"
                  values={{ name: offer.name }}
                  parts={NAME_ALOUD}
                />
              </Button>
            )}
          </div>
        </TicketStub>
        <ChangeOffer id={offer.id} open={editing} onClose={() => setEditing(false)} />
      </article>
    </Ticket>
  );
}
