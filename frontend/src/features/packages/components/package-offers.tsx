import { useQuery } from "@tanstack/react-query";
import { PackagePlus } from "lucide-react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Money } from "@/components/ui/money";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { Words } from "@/components/words";
import { savingOf } from "@/features/packages/saving";
import type { MentorDetail, OfferOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t, tn } from "@/lib/i18n";
import { packageOffersQuery } from "@/lib/packages";
import { paths } from "@/lib/paths";

/** What the mentor sells in packages. Most sell none, so nothing stands here until some are known. */
export function PackageOffers({ mentor }: { mentor: MentorDetail }) {
  const offers = useQuery(packageOffersQuery(mentor.slug));
  if (offers.isPending) return null;
  if (offers.data === undefined) {
    return (
      <ErrorState
        error={offers.error}
        title={t("Packages could not be read")}
        onRetry={() => void offers.refetch()}
        retrying={offers.isFetching}
      />
    );
  }
  if (offers.data.length === 0) return null;
  return (
    <section aria-labelledby="packages" className="grid gap-4">
      <div>
        <h2 id="packages" className="text-xl">
          {t("Packages")}
        </h2>
        <p className="text-[0.9375rem] text-ink-soft">
          {t("Paid once; each session is booked when it suits you.")}
        </p>
      </div>
      <ul className="grid gap-4">
        {offers.data.map((offer) => (
          <li key={offer.id}>
            <Offer mentor={mentor} offer={offer} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Offer({ mentor, offer }: { mentor: MentorDetail; offer: OfferOut }) {
  const { can_book: client } = useUser();
  const saving = savingOf(
    offer,
    mentor.session_types.find(({ id }) => id === offer.session_type.id),
  );
  return (
    <Ticket asChild>
      <article>
        <TicketBody className="grid gap-2">
          <h3 className="text-lg">
            {t("{count} × {session}", { count: offer.sessions, session: offer.session_type.name })}
          </h3>
          <p className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
            <span className="text-ink-soft">
              {tn(
                offer.valid_days,
                "Valid {count} day from the payment",
                "Valid {count} days from the payment",
              )}
            </span>
            <Money value={offer.price} className="ticket__amount" />
          </p>
          {saving > 0 ? (
            <Badge tone="success" className="justify-self-start">
              {t("{percent} % less than one by one", { percent: saving })}
            </Badge>
          ) : null}
        </TicketBody>
        {client ? (
          <TicketStub>
            <Button variant="secondary" asChild className="w-full">
              <Link to={paths.buyPackage(mentor.slug, offer.id)}>
                <PackagePlus aria-hidden="true" />
                <Words
                  text="Buy the package<which>: {count} × {session}</which>"
                  values={{ count: offer.sessions, session: offer.session_type.name }}
                  parts={{ which: <span className="sr-only" /> }}
                />
              </Link>
            </Button>
          </TicketStub>
        ) : null}
      </article>
    </Ticket>
  );
}
