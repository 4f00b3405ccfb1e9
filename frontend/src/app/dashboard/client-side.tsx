import { Link } from "react-router";
import { NextSessions } from "@/app/dashboard/next-sessions";
import { Columns, Part, PartCard } from "@/app/dashboard/parts";
import { GoalLine } from "@/components/goal/goal-line";
import { Button } from "@/components/ui/button";
import { Money } from "@/components/ui/money";
import { Words } from "@/components/words";
import type {
  ClientDashboard,
  GoalInBrief,
  MoneyOut,
  PackageInBrief,
  PaymentInBrief,
  ReviewDue,
} from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t, tn } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatDay } from "@/lib/time";

type ClientSideProps = { client: ClientDashboard; named: boolean };

/** A client's: sessions, reviews to write, goals, payments. `named`: they have another side. */
export function ClientSide({ client, named }: ClientSideProps) {
  const user = useUser();
  const { upcoming, reviews_due: due, goals, payments, packages, credit } = client;
  return (
    <Columns
      aside={
        <>
          <FindMentor />
          <Goals goals={goals.items} total={goals.total} />
          {packages.length > 0 ? <Packages packages={packages} /> : null}
          {payments.total > 0 ? <Payments payments={payments} /> : null}
          <Credit balances={credit} />
        </>
      }
    >
      <Part
        title={named ? t("Next sessions with your mentors") : t("Next sessions")}
        to={paths.sessions()}
        more={
          upcoming.total > upcoming.items.length
            ? t("All {count}", { count: upcoming.total })
            : t("All sessions")
        }
      >
        <NextSessions sessions={upcoming.items} user={user} />
      </Part>
      {due.total > 0 ? (
        <Part
          title={t("How was it?")}
          to={paths.sessions({ when: "past" })}
          more={t("Past sessions")}
        >
          <ReviewsDue due={due.items} />
        </Part>
      ) : null}
    </Columns>
  );
}

function FindMentor() {
  return (
    <PartCard title={t("Find a mentor")}>
      <p className="text-ink-soft">
        {t("Search by topic, price and language, or see who is free when you are.")}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <Link to={paths.mentors()}>{t("Browse mentors")}</Link>
        </Button>
        <Button variant="secondary" asChild>
          <Link to={paths.mentors({ sort: "soonest" })}>{t("Free soonest")}</Link>
        </Button>
      </div>
    </PartCard>
  );
}

function ReviewsDue({ due }: { due: readonly ReviewDue[] }) {
  const { time_zone: zone } = useUser();
  return (
    <ul className="divide-y divide-line border-y border-line">
      {due.map((one) => (
        <li
          key={one.session_id}
          className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3"
        >
          <span>
            {t("{session} with {name}", { session: one.session_type, name: one.mentor.name })}
            <span className="block text-sm text-ink-soft">
              {t("Until {day}", { day: formatDay(one.review_by, zone) })}
            </span>
          </span>
          <Button variant="secondary" size="sm" asChild>
            <Link to={paths.session(one.session_id)}>
              <Words
                text="Review <which>the session with {name}</which>"
                values={{ name: one.mentor.name }}
                parts={{ which: <span className="sr-only" /> }}
              />
            </Link>
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Goals({ goals, total }: { goals: readonly GoalInBrief[]; total: number }) {
  if (total === 0) {
    return (
      <PartCard title={t("Your goals")}>
        <p className="text-ink-soft">
          {t("Write down what you want to reach, and see how far it is.")}
        </p>
        <Button variant="secondary" className="justify-self-start" asChild>
          <Link to={paths.goals()}>{t("Set a goal")}</Link>
        </Button>
      </PartCard>
    );
  }
  return (
    <PartCard
      title={t("Your goals")}
      to={paths.goals()}
      more={total > goals.length ? t("All {count}", { count: total }) : t("All goals")}
    >
      <ul className="grid gap-4">
        {goals.map((goal) => (
          <li key={goal.id} className="grid gap-1.5">
            <GoalLine goal={goal} />
            {goal.milestones > 0 ? (
              <p className="text-sm text-ink-soft">
                {t("{reached} of {all} milestones reached", {
                  reached: goal.reached,
                  all: goal.milestones,
                })}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </PartCard>
  );
}

/** Sessions that are paid for already, and until when they can be booked. */
function Packages({ packages }: { packages: readonly PackageInBrief[] }) {
  const { time_zone: zone } = useUser();
  return (
    <PartCard title={t("Your packages")} to={paths.packages()} more={t("All packages")}>
      <ul className="grid gap-3">
        {packages.map((one) => (
          <li key={one.id}>
            {t("{session} with {name}", { session: one.session_type, name: one.mentor.name })}
            <span className="tabular block text-sm text-ink-soft">
              {one.expires_at === null
                ? tn(one.credits_left, "{count} session left", "{count} sessions left")
                : tn(
                    one.credits_left,
                    "{count} session left, until {day}",
                    "{count} sessions left, until {day}",
                    { day: formatDay(one.expires_at, zone) },
                  )}
            </span>
          </li>
        ))}
      </ul>
    </PartCard>
  );
}

/** What lowers the price of the next sessions. */
function Credit({ balances }: { balances: readonly MoneyOut[] }) {
  const some = balances.filter(({ amount }) => amount > 0);
  if (some.length === 0) return null;
  return (
    <PartCard title={t("Your credit")} to={paths.payments()} more={t("Where it comes from")}>
      <p className="grid gap-1">
        {some.map((balance) => (
          <Money key={balance.currency} value={balance} className="ticket__amount" />
        ))}
        <span className="text-sm text-ink-soft">
          {t("You can use it at the payment of your next session.")}
        </span>
      </p>
    </PartCard>
  );
}

function Payments({ payments }: { payments: ClientDashboard["payments"] }) {
  return (
    <PartCard title={t("Payments")} to={paths.payments()} more={t("All payments")}>
      <ul className="grid gap-3">
        {payments.items.map((payment) => (
          <Payment key={payment.id} payment={payment} />
        ))}
      </ul>
      <p className="flex flex-wrap justify-between gap-x-4 border-t border-line pt-3 text-ink-soft">
        {t("In all, less what came back")}
        {payments.spent.map((spent) => (
          <Money key={spent.currency} value={spent} className="ml-auto font-semibold text-ink" />
        ))}
      </p>
    </PartCard>
  );
}

function Payment({ payment }: { payment: PaymentInBrief }) {
  const { time_zone: zone } = useUser();
  const { session_id: session, amount, refunded, paid_at: paidAt } = payment;
  const back = { ...refunded, amount: -refunded.amount };
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4">
      <span>
        {session === null ? (
          payment.title
        ) : (
          <Link to={paths.session(session)} className="underline underline-offset-4">
            {payment.title}
          </Link>
        )}
        <span className="block text-sm text-ink-soft">
          {payment.mentor}, {formatDay(paidAt, zone)}
        </span>
      </span>
      <span className="grid content-start justify-items-end">
        <Money value={amount} />
        {refunded.amount > 0 ? <Money value={back} className="text-sm text-ink-soft" /> : null}
      </span>
    </li>
  );
}
