import { CalendarPlus } from "lucide-react";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { Words } from "@/components/words";
import type { MentorDetail } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { policyWords } from "@/lib/terms";
import { formatInstant } from "@/lib/time";
import { durationWords } from "@/lib/words";

/** What the mentor sells; each a ticket that leads to the booker. */
export function Offers({ mentor }: { mentor: MentorDetail }) {
  const { time_zone: zone } = useUser();
  return (
    <section aria-labelledby="sessions" className="grid gap-4">
      <div>
        <h2 id="sessions" className="text-xl">
          {t("Sessions")}
        </h2>
        <p className="tabular text-[0.9375rem] text-ink-soft">
          {mentor.next_free_at === null
            ? t("No free time at present.")
            : t("Next free: {when}", { when: formatInstant(mentor.next_free_at, zone) })}
        </p>
      </div>
      {mentor.session_types.length === 0 ? (
        <EmptyState
          title={t("Nothing to book yet")}
          action={
            <Button variant="secondary" asChild>
              <Link to={paths.mentors()}>{t("Find another mentor")}</Link>
            </Button>
          }
        >
          {t("{name} offers no sessions at present.", { name: mentor.name })}
        </EmptyState>
      ) : (
        <ul className="grid gap-4">
          {mentor.session_types.map((type) => (
            <li key={type.id}>
              <Ticket asChild>
                <article>
                  <TicketBody className="grid gap-2">
                    <h3 className="text-lg">{type.name}</h3>
                    <p className="flex items-baseline justify-between gap-4">
                      <span className="text-ink-soft">
                        {durationWords(type.duration_minutes)}
                        {type.capacity > 1
                          ? ` · ${t("group of up to {count}", { count: type.capacity })}`
                          : null}
                      </span>
                      <Money value={type.price} className="ticket__amount" />
                    </p>
                    {type.description === "" ? null : (
                      <p className="break-words whitespace-pre-line">{type.description}</p>
                    )}
                    <p className="text-sm text-ink-soft">{policyWords(type.policy)}</p>
                  </TicketBody>
                  <TicketStub>
                    <Button asChild className="w-full">
                      <Link to={paths.book(mentor.slug, { type: type.id })}>
                        <CalendarPlus aria-hidden="true" />
                        <Words
                          text="Choose a time<which> for {session}</which>"
                          values={{ session: type.name }}
                          parts={{ which: <span className="sr-only" /> }}
                        />
                      </Link>
                    </Button>
                  </TicketStub>
                </article>
              </Ticket>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
