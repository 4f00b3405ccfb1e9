import { Link } from "react-router";
import { NextSessions } from "@/app/dashboard/next-sessions";
import { Columns, Part, PartCard } from "@/app/dashboard/parts";
import { Money } from "@/components/ui/money";
import { Rating } from "@/components/ui/rating";
import type {
  CurrencyEarnings,
  EarningsInBrief,
  MentorDashboard,
  SessionOut,
} from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { dayOf } from "@/lib/days";
import { msg, t, tn } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { cityOf, formatDay, formatInstant } from "@/lib/time";
import { durationWords } from "@/lib/words";

type MentorSideProps = { mentor: MentorDashboard; named: boolean };

/** A mentor's: today and what follows, reviews to answer, money. `named`: they book as well. */
export function MentorSide({ mentor, named }: MentorSideProps) {
  const user = useUser();
  const { upcoming, earnings, reviews } = mentor;
  const today = dayOf(new Date(serverNow()), user.time_zone);
  const isToday = (session: SessionOut) => dayOf(session.starts_at, user.time_zone) === today;
  const now = upcoming.items.filter(isToday);
  const later = upcoming.items.filter((session) => !isToday(session));
  const more =
    upcoming.total > upcoming.items.length
      ? t("All {count}", { count: upcoming.total })
      : t("All sessions");
  return (
    <Columns
      aside={
        <>
          <Availability mentor={mentor} />
          <Earnings earnings={earnings} />
          <Reviews reviews={reviews} />
        </>
      }
    >
      {now.length > 0 ? (
        <Part title={t("Today")}>
          <NextSessions sessions={now} user={user} />
        </Part>
      ) : null}
      <Part
        title={named ? t("Next sessions with your clients") : t("Next sessions")}
        to={paths.sessions()}
        more={more}
      >
        {now.length > 0 && later.length === 0 ? (
          <p className="text-ink-soft">{t("Nothing is booked after today.")}</p>
        ) : (
          <NextSessions sessions={later} user={{ ...user, can_book: false }} />
        )}
      </Part>
    </Columns>
  );
}

function Availability({ mentor: { availability: hours, calendars } }: { mentor: MentorDashboard }) {
  const failing = calendars.filter(({ status }) => status === "failing").length;
  const open = hours !== null && hours.weekly_minutes > 0;
  return (
    <PartCard
      title={t("Availability")}
      to={paths.availability()}
      more={open ? t("Your hours") : t("Write your hours")}
    >
      {open ? (
        <p>
          {tn(
            hours.weekdays.length,
            "{hours} on {count} day of a week ({city} time)",
            "{hours} on {count} days of a week ({city} time)",
            { hours: durationWords(hours.weekly_minutes), city: cityOf(hours.time_zone) },
          )}
        </p>
      ) : (
        <p className="text-ink-soft">
          {t("No weekly hours: clients can book you on single dates alone.")}
        </p>
      )}
      {hours?.next_time_off ? (
        <p className="text-sm text-ink-soft">
          {t("Next time away from {when}", {
            when: formatInstant(hours.next_time_off.starts_at, hours.time_zone),
          })}
        </p>
      ) : null}
      {failing > 0 ? (
        <p>
          <Link
            to={paths.availability({ tab: "calendars" })}
            className="text-accent underline underline-offset-4"
          >
            {tn(failing, "{count} calendar cannot be read", "{count} calendars cannot be read")}
          </Link>
        </p>
      ) : null}
    </PartCard>
  );
}

const KINDS = [
  { name: "available", label: msg("Available") },
  { name: "pending", label: msg("Pending") },
  { name: "on_its_way", label: msg("On its way") },
] as const;

/** What stands against a payout, and what to do, is said with all earnings. */
function isPaidNext({ next_payout: next }: CurrencyEarnings): boolean {
  return next.objection === null && next.amount.amount > 0 && next.least !== null;
}

function Earnings({ earnings }: { earnings: EarningsInBrief }) {
  const { time_zone: zone } = useUser();
  const { balances, next_payout_on: next } = earnings;
  return (
    <PartCard title={t("Earnings")} to={paths.earnings()} more={t("All earnings")}>
      {balances.length === 0 ? (
        <p className="text-ink-soft">{t("What you earn appears here after your first session.")}</p>
      ) : (
        balances.map((balance) => (
          <dl key={balance.currency} className="grid gap-1">
            {KINDS.map(({ name, label }) => (
              <div key={name} className="flex justify-between gap-4">
                <dt className="text-ink-soft">{t(label)}</dt>
                <dd className={name === "available" ? "font-semibold" : undefined}>
                  <Money value={balance[name]} />
                </dd>
              </div>
            ))}
          </dl>
        ))
      )}
      {balances.some(isPaidNext) ? (
        <p className="text-sm text-ink-soft">
          {t(zone === "UTC" ? "Next payout on {day}." : "Next payout on {day} (UTC).", {
            day: formatDay(`${next}T12:00:00Z`, "UTC"),
          })}
        </p>
      ) : null}
    </PartCard>
  );
}

function Reviews({ reviews }: { reviews: MentorDashboard["reviews"] }) {
  const waiting = reviews.to_answer_total;
  return (
    <PartCard title={t("Reviews")} to={paths.reviews({ which: "all" })} more={t("All reviews")}>
      <Rating value={reviews.rating} count={reviews.reviews_count} />
      {waiting > 0 ? (
        <p>
          <Link to={paths.reviews()} className="text-accent underline underline-offset-4">
            {tn(
              waiting,
              "{count} review without your answer",
              "{count} reviews without your answer",
            )}
          </Link>
        </p>
      ) : null}
    </PartCard>
  );
}
