import { CalendarPlus } from "lucide-react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ProgressBar } from "@/components/ui/progress-bar";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { Words } from "@/components/words";
import { GiveBackDialog } from "@/features/packages/components/give-back-dialog";
import { badgeOf, canGoBack, type Standing, standingOf } from "@/features/packages/standing";
import type { PackageOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { paths } from "@/lib/paths";
import { formatInstant } from "@/lib/time";

/** One package: whose, how much of it is left and until when, and the way to a session. */
export function OwnPackage({ bought }: { bought: PackageOut }) {
  const { time_zone: zone } = useUser();
  const now = serverNow();
  const standing = standingOf(bought, now);
  const badge = badgeOf(standing);
  const { mentor, session_type: type, sessions, credits_left: left } = bought;
  const name = t("{count} × {session}", { count: sessions, session: type.name });
  const shut = standing === "never" || standing === "closed" || standing === "expired";
  return (
    <Ticket asChild className={shut ? "ticket--void" : undefined}>
      <article aria-label={name}>
        <TicketBody className="grid gap-3">
          <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
            <div>
              <h2 className="text-lg">{name}</h2>
              <p className="text-ink-soft">
                <Words
                  text="with <mentor>{name}</mentor>"
                  values={{ name: mentor.name }}
                  parts={{
                    mentor: (
                      <Link
                        to={paths.mentor(mentor.slug)}
                        className="underline underline-offset-4"
                      />
                    ),
                  }}
                />
              </p>
            </div>
            <Badge tone={badge.tone}>{badge.words}</Badge>
          </div>
          {bought.begun_at === null ? null : (
            <div className="grid gap-1.5">
              <ProgressBar percent={(left * 100) / sessions} aria-label={t("Sessions left")} />
              <p className="tabular">
                {t("{left} of {all} sessions left", { left, all: sessions })}
              </p>
            </div>
          )}
          <p className="tabular text-sm text-ink-soft">{remark(bought, standing, zone)}</p>
        </TicketBody>
        <TicketStub className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
          <span className="ticket__amount">{formatMoney(bought.price)}</span>
          <span className="flex flex-wrap gap-2">
            {canGoBack(bought, now) ? <GiveBackDialog bought={bought} name={name} /> : null}
            <Next bought={bought} standing={standing} />
          </span>
        </TicketStub>
      </article>
    </Ticket>
  );
}

function Next({ bought, standing }: { bought: PackageOut; standing: Standing }) {
  const { mentor, session_type: type } = bought;
  if (standing === "usable") {
    return (
      <Button size="sm" asChild>
        <Link to={paths.book(mentor.slug, { type: type.id })}>
          <CalendarPlus aria-hidden="true" />
          <Words
            text="Book a session<which>: {session} with {name}</which>"
            values={{ session: type.name, name: mentor.name }}
            parts={{ which: <span className="sr-only" /> }}
          />
        </Link>
      </Button>
    );
  }
  return (
    <Button variant="secondary" size="sm" asChild>
      <Link to={paths.mentor(mentor.slug)}>
        {standing === "unpaid"
          ? t("Pay on {name}’s page", { name: mentor.name.split(" ")[0] ?? "" })
          : t("To {name}’s page", { name: mentor.name.split(" ")[0] ?? "" })}
      </Link>
    </Button>
  );
}

/** Until when, or since when not any more. */
function remark(bought: PackageOut, standing: Standing, zone: string): string {
  const ends = bought.expires_at === null ? "" : formatInstant(bought.expires_at, zone);
  switch (standing) {
    case "usable":
      return t("To be used until {when}. What is unused can be had back until then.", {
        when: ends,
      });
    case "unpaid":
      return t("It can be paid until {when}. Nothing was charged so far.", {
        when: formatInstant(bought.pay_by, zone),
      });
    case "never":
      return t("It was not paid in time. Nothing was charged.");
    case "used":
      return t("It could be used until {when}.", { when: ends });
    case "expired":
      return t("It could be used until {when}.", { when: ends });
    case "closed":
      return t("The unused rest went back on {when}.", {
        when: formatInstant(bought.closed_at ?? bought.created_at, zone),
      });
  }
}
