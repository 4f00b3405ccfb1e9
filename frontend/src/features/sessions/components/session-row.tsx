import { Link } from "react-router";
import { SessionStatus } from "@/components/session/session-status";
import { Money } from "@/components/ui/money";
import { Portrait } from "@/components/ui/portrait";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { RoomIsOpen } from "@/features/sessions/components/join-room";
import { useUser } from "@/lib/auth";
import type { SessionOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { isHeld, isMentorOf } from "@/lib/sessions";
import { formatDay, formatSpan, formatTime } from "@/lib/time";

const GONE = new Set(["cancelled", "expired"]);

/** One session of a list: a ticket that leads to its page, or to the payment that it waits for. */
export function SessionRow({ session }: { session: SessionOut }) {
  const reader = useUser();
  const now = serverNow();
  const asMentor = isMentorOf(session, reader);
  const toPay = isHeld(session, now) && !asMentor;
  const gone = GONE.has(session.status) || (session.status === "pending" && !isHeld(session, now));
  const whom = asMentor ? session.client.name : session.mentor.name;
  return (
    <div className="tickets">
      <Ticket asChild className={cn("ticket--wide ticket--link", gone && "ticket--void")}>
        <article>
          <TicketBody className="flex items-center gap-4">
            {asMentor ? null : <Portrait url={session.mentor.portrait_url} size={48} />}
            <div className="grid min-w-0 gap-0.5">
              <h3 className="text-lg">
                <Link
                  to={toPay ? paths.pay(session.id) : paths.session(session.id)}
                  className="after:absolute after:inset-0"
                >
                  {session.session_type.name}
                  <span className="sr-only">
                    {" "}
                    {t("with {name}, {day}", {
                      name: whom,
                      day: formatDay(session.starts_at, reader.time_zone),
                    })}
                  </span>
                </Link>
              </h3>
              <p className="text-ink-soft" aria-hidden="true">
                {t("with {name}", { name: whom })}
              </p>
              <p className="tabular text-[0.9375rem] font-medium text-pretty">
                <time dateTime={session.starts_at}>
                  {formatSpan({
                    start: session.starts_at,
                    end: session.ends_at,
                    zone: session.mentor.time_zone,
                    yours: reader.time_zone,
                  })}
                </time>
              </p>
            </div>
          </TicketBody>
          <TicketStub className="flex items-center justify-between gap-2 sm:flex-col sm:items-start sm:justify-center">
            <SessionStatus session={session} now={now} />
            <Money value={session.price} className="font-serif text-lg font-semibold" />
            {toPay && session.expires_at !== null ? (
              <span className="text-sm text-accent underline underline-offset-4">
                {t("Pay by {time}", { time: formatTime(session.expires_at, reader.time_zone) })}
              </span>
            ) : null}
            {session.room === null ? null : <RoomIsOpen room={session.room} />}
          </TicketStub>
        </article>
      </Ticket>
    </div>
  );
}
