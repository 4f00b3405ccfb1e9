import { Languages, MapPin } from "lucide-react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Money } from "@/components/ui/money";
import { Portrait } from "@/components/ui/portrait";
import { Rating } from "@/components/ui/rating";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { Words } from "@/components/words";
import type { MentorItem } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatDay, formatTime, cityOf } from "@/lib/time";
import { languageName } from "@/lib/words";

/** A mentor in the list; the whole ticket is the link. */
export function MentorTicket({ mentor }: { mentor: MentorItem }) {
  return (
    <Ticket asChild className="ticket--wide ticket--link">
      <article>
        <TicketBody className="flex gap-4">
          <Portrait url={mentor.portrait_url} size={64} loading="lazy" />
          <div className="grid min-w-0 content-start gap-2">
            <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
              <h2 className="text-xl">
                <Link to={paths.mentor(mentor.slug)} className="after:absolute after:inset-0">
                  {mentor.name}
                </Link>
              </h2>
              <Rating value={mentor.rating} count={mentor.reviews_count} />
            </div>
            <p className="leading-snug text-ink-soft">{mentor.headline}</p>
            <ul aria-label={t("Expertise")} className="flex flex-wrap gap-1.5 pt-0.5">
              {mentor.expertise.slice(0, 4).map((topic) => (
                <li key={topic}>
                  <Badge>{topic}</Badge>
                </li>
              ))}
            </ul>
            <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-soft">
              {mentor.location ? (
                <li className="flex items-center gap-1.5">
                  <MapPin aria-hidden="true" className="size-4" />
                  <Words
                    text="<before>In </before>{place}"
                    values={{ place: mentor.location }}
                    parts={{ before: <span className="sr-only" /> }}
                  />
                </li>
              ) : null}
              <li className="flex items-center gap-1.5">
                <Languages aria-hidden="true" className="size-4" />
                <Words
                  text="<before>Speaks </before>{languages}"
                  values={{ languages: mentor.languages.map(languageName).join(", ") }}
                  parts={{ before: <span className="sr-only" /> }}
                />
              </li>
            </ul>
          </div>
        </TicketBody>
        <TicketStub className="grid grid-cols-[auto_minmax(0,1fr)] content-center gap-x-6 gap-y-3 sm:grid-cols-1">
          <Price mentor={mentor} />
          <NextFree at={mentor.next_free_at} />
        </TicketStub>
      </article>
    </Ticket>
  );
}

function Price({ mentor }: { mentor: MentorItem }) {
  if (mentor.price === null) return null;
  return (
    <p>
      <span className="ticket__label block">{t("Sessions from")}</span>
      <Money value={mentor.price} className="ticket__amount" />
    </p>
  );
}

function NextFree({ at }: { at: string | null }) {
  const { time_zone: zone } = useUser();
  if (at === null) return <p className="text-sm text-ink-soft">{t("No free time at present")}</p>;
  return (
    <p className="tabular">
      <span className="ticket__label block">{t("Next free")}</span>
      <time dateTime={at} className="font-medium">
        {formatDay(at, zone)}, {formatTime(at, zone)}{" "}
        <span className="font-normal text-ink-soft">{cityOf(zone)}</span>
      </time>
    </p>
  );
}
