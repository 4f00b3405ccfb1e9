import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { BackLink } from "@/components/ui/back-link";
import { PageHeading } from "@/components/ui/page-heading";
import { ProgressBar } from "@/components/ui/progress-bar";
import { ReadFailure } from "@/components/ui/read-failure";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Words } from "@/components/words";
import { goalQuery } from "@/features/goals/api/goals";
import { CompleteDialog } from "@/features/goals/components/complete-dialog";
import { Milestones } from "@/features/goals/components/milestones";
import { ReportProgress } from "@/features/goals/components/report-progress";
import type { GoalOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatDay, formatInstant } from "@/lib/time";

/** One goal: how far it is, its milestones, and every report of it. Only its client writes. */
export function GoalPage({ goalId }: { goalId: string }) {
  const goal = useQuery(goalQuery(goalId));
  return (
    <div className="mx-auto grid max-w-3xl gap-8">
      {goal.data ? (
        <Whole goal={goal.data} />
      ) : goal.isError ? (
        <ReadFailure
          what="goal"
          error={goal.error}
          onRetry={() => void goal.refetch()}
          retrying={goal.isFetching}
          list={{ to: paths.goals(), label: t("Your goals") }}
        />
      ) : (
        <Loading what={t("the goal")} className="grid gap-8">
          <Skeleton className="h-24" />
          <Skeleton className="h-48" />
        </Loading>
      )}
    </div>
  );
}

function Whole({ goal }: { goal: GoalOut }) {
  const { time_zone: zone } = useUser();
  const writable = goal.own && goal.completed_at === null;
  return (
    <>
      <header className="grid gap-3">
        <BackLink to={paths.goals()}>{t("All goals")}</BackLink>
        <PageHeading title={goal.title} className="text-pretty wrap-anywhere" />
        <p className="text-ink-soft">
          <Beginning goal={goal} zone={zone} />
        </p>
        <p className="flex items-baseline justify-between gap-4">
          <span className="font-medium">
            {goal.completed_at === null
              ? t("On the way")
              : t("Reached on {day}", { day: formatDay(goal.completed_at, zone) })}
          </span>
          <span className="tabular text-xl font-semibold">
            {t("{percent}%", { percent: goal.percent })}
          </span>
        </p>
        <ProgressBar aria-label={t("Progress")} percent={goal.percent} className="h-3" />
      </header>
      {writable ? <ReportProgress goal={goal} /> : null}
      <Milestones goal={goal} writable={writable} />
      <Reports goal={goal} zone={zone} />
      {writable ? <CompleteDialog goal={goal} /> : null}
    </>
  );
}

/** When it was set, by whom where it is another's, and the session that it began at. */
function Beginning({ goal, zone }: { goal: GoalOut; zone: string }) {
  const { client, own, session_id: session } = goal;
  const values = { client, day: formatDay(goal.created_at, zone) };
  if (session === null) return t(own ? "Set on {day}." : "{client}, set on {day}.", values);
  return (
    <Words
      text={
        own
          ? "Set on {day} at <session>a session</session>."
          : "{client}, set on {day} at <session>a session</session>."
      }
      values={values}
      parts={{
        session: <Link to={paths.session(session)} className="underline underline-offset-4" />,
      }}
    />
  );
}

function Reports({ goal, zone }: { goal: GoalOut; zone: string }) {
  if (goal.progress.length === 0) return null;
  return (
    <section className="grid gap-3" aria-labelledby="reports">
      <h2 id="reports" className="text-xl">
        {t("So far")}
      </h2>
      <ol className="grid gap-3 border-l-2 border-line pl-4">
        {goal.progress.toReversed().map(({ at, percent, note }) => (
          <li key={at} className="grid gap-0.5">
            <p className="tabular font-medium">{t("{percent}%", { percent })}</p>
            {note ? <p className="whitespace-pre-line text-pretty wrap-anywhere">{note}</p> : null}
            <time dateTime={at} className="tabular text-sm text-ink-soft">
              {formatInstant(at, zone)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
