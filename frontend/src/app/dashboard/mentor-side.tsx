import { Link } from "react-router";
import { NextSessions } from "@/app/dashboard/next-sessions";
import { Columns, Part, PartCard } from "@/app/dashboard/parts";
import { Money } from "@/components/ui/money";
import { Rating } from "@/components/ui/rating";
import type { EarningsInBrief, MentorDashboard, SessionOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { dayOf } from "@/lib/days";
import { paths } from "@/lib/paths";
import { cityOf, formatDay, formatInstant } from "@/lib/time";
import { counted, durationWords } from "@/lib/words";

type MentorSideProps = { mentor: MentorDashboard; named: boolean };

/** A mentor's: today and what follows, reviews to answer, money. `named`: they book as well. */
export function MentorSide({ mentor, named }: MentorSideProps) {
  const user = useUser();
  const { upcoming, earnings, reviews } = mentor;
  const today = dayOf(new Date(serverNow()), user.time_zone);
  const isToday = (session: SessionOut) => dayOf(session.starts_at, user.time_zone) === today;
  const now = upcoming.items.filter(isToday);
  const later = upcoming.items.filter((session) => !isToday(session));
  const more = upcoming.total > upcoming.items.length ? `All ${upcoming.total}` : "All sessions";
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
        <Part title="Today">
          <NextSessions sessions={now} user={user} />
        </Part>
      ) : null}
      <Part
        title={named ? "Next sessions with your clients" : "Next sessions"}
        to={paths.sessions()}
        more={more}
      >
        {now.length > 0 && later.length === 0 ? (
          <p className="text-ink-soft">Nothing is booked after today.</p>
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
      title="Availability"
      to={paths.availability()}
      more={open ? "Your hours" : "Write your hours"}
    >
      {open ? (
        <p>
          {durationWords(hours.weekly_minutes)} on {counted(hours.weekdays.length, "day")} of a week
          ({cityOf(hours.time_zone)} time)
        </p>
      ) : (
        <p className="text-ink-soft">
          No weekly hours: clients can book you on single dates alone.
        </p>
      )}
      {hours?.next_time_off ? (
        <p className="text-sm text-ink-soft">
          Next time away from {formatInstant(hours.next_time_off.starts_at, hours.time_zone)}
        </p>
      ) : null}
      {failing > 0 ? (
        <p>
          <Link
            to={paths.availability({ tab: "calendars" })}
            className="text-accent underline underline-offset-4"
          >
            {counted(failing, "calendar")} cannot be read
          </Link>
        </p>
      ) : null}
    </PartCard>
  );
}

const KINDS = [
  { name: "available", label: "Available" },
  { name: "pending", label: "Pending" },
  { name: "on_its_way", label: "On its way" },
] as const;

function Earnings({ earnings }: { earnings: EarningsInBrief }) {
  const { time_zone: zone } = useUser();
  const { balances, next_payout_on: next } = earnings;
  return (
    <PartCard title="Earnings" to={paths.earnings()} more="All earnings">
      {balances.length === 0 ? (
        <p className="text-ink-soft">What you earn appears here after your first session.</p>
      ) : (
        balances.map((balance) => (
          <dl key={balance.currency} className="grid gap-1">
            {KINDS.map(({ name, label }) => (
              <div key={name} className="flex justify-between gap-4">
                <dt className="text-ink-soft">{label}</dt>
                <dd className={name === "available" ? "font-semibold" : undefined}>
                  <Money value={balance[name]} />
                </dd>
              </div>
            ))}
          </dl>
        ))
      )}
      <p className="text-sm text-ink-soft">
        Next payout on {formatDay(`${next}T12:00:00Z`, "UTC")}
        {zone === "UTC" ? null : " (UTC)"}.
      </p>
    </PartCard>
  );
}

function Reviews({ reviews }: { reviews: MentorDashboard["reviews"] }) {
  const waiting = reviews.to_answer_total;
  return (
    <PartCard title="Reviews" to={paths.reviews({ which: "all" })} more="All reviews">
      <Rating value={reviews.rating} count={reviews.reviews_count} />
      {waiting > 0 ? (
        <p>
          <Link to={paths.reviews()} className="text-accent underline underline-offset-4">
            {counted(waiting, "review")} without your answer
          </Link>
        </p>
      ) : null}
    </PartCard>
  );
}
