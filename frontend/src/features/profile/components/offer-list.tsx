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
import { offersQuery, useChangeOffer } from "@/features/profile/api/offers";
import { ChangeOffer, MakeOffer } from "@/features/profile/components/offer-dialog";
import type { OwnOffer } from "@/lib/api-types";
import { policyWords } from "@/lib/terms";
import { toast } from "@/lib/toast";
import { counted, durationWords } from "@/lib/words";

/** What the mentor sells, each a ticket; what is offered no more stands below. */
export function OfferList() {
  const offers = useQuery(offersQuery);
  const [making, setMaking] = useState(false);
  if (offers.isPending) {
    return (
      <Loading what="your sessions" className="grid gap-4">
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
        title="Your sessions could not be read"
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
      Offer a session
    </Button>
  );
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-ink-soft">
          Visitors see a change as soon as you save it. What is booked keeps its price and its
          length.
        </p>
        {items.length === 0 ? null : add}
      </div>
      {offered.length === 0 ? (
        <EmptyState title="You offer nothing at present" action={items.length === 0 ? add : null}>
          Clients book what you offer here, in the hours that you are free.
        </EmptyState>
      ) : (
        <section className="grid gap-4">
          <h2 className="sr-only">Offered</h2>
          <List offers={offered} label="Offered" />
        </section>
      )}
      {retired.length === 0 ? null : (
        <section className="grid gap-4">
          <h2 className="text-lg">Not offered any more</h2>
          <List offers={retired} label="Not offered any more" />
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

function Offer({ offer }: { offer: OwnOffer }) {
  const [editing, setEditing] = useState(false);
  const change = useChangeOffer(offer.id);
  const offerIt = (active: boolean) =>
    change.mutate(
      { body: { active } },
      {
        onSuccess: () =>
          toast.success(
            active ? `Visitors see ${offer.name} again.` : `${offer.name} is offered no more.`,
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
              {offer.active ? "Offered" : "Retired"}
            </Badge>
          </div>
          <p className="flex items-baseline justify-between gap-4">
            <span className="text-ink-soft">
              {durationWords(offer.duration_minutes)}
              {offer.capacity > 1 ? `, up to ${counted(offer.capacity, "seat")}` : ""}
            </span>
            <Money value={offer.price} className="ticket__amount" />
          </p>
          {offer.description === "" ? null : (
            <p className="break-words whitespace-pre-line">{offer.description}</p>
          )}
          <p className="text-sm text-ink-soft">{policyWords(offer.policy)}</p>
          {change.isError ? (
            <ErrorState error={change.error} title={`${offer.name} is as it was`} />
          ) : null}
        </TicketBody>
        <TicketStub>
          <div className="flex flex-wrap gap-2">
            <Button variant="secondary" size="sm" onClick={() => setEditing(true)}>
              <Pencil aria-hidden="true" />
              Change <span className="sr-only">{offer.name}</span>
            </Button>
            {offer.active ? (
              <Button
                variant="ghost"
                size="sm"
                busy={change.isPending}
                onClick={() => offerIt(false)}
              >
                <Archive aria-hidden="true" />
                Offer no more<span className="sr-only">: {offer.name}</span>
              </Button>
            ) : (
              <Button
                variant="ghost"
                size="sm"
                busy={change.isPending}
                onClick={() => offerIt(true)}
              >
                <RotateCcw aria-hidden="true" />
                Offer again<span className="sr-only">: {offer.name}</span>
              </Button>
            )}
          </div>
        </TicketStub>
        <ChangeOffer id={offer.id} open={editing} onClose={() => setEditing(false)} />
      </article>
    </Ticket>
  );
}
