import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { GoalLine } from "@/components/goal/goal-line";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { ShowMore } from "@/components/ui/show-more";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { goalsQuery, type Which } from "@/features/goals/api/goals";
import { SetGoal } from "@/features/goals/components/set-goal";
import type { GoalOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t, tn } from "@/lib/i18n";
import { formatDay } from "@/lib/time";

/** The reader's goals, and those that clients began with a mentor; which ones lies in the address. */
export function GoalsPage() {
  const user = useUser();
  const [search, setSearch] = useSearchParams();
  const which: Which = search.get("which") === "reached" ? "reached" : "open";
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <PageHeading title={t("Goals")} />
      {user.can_book ? <SetGoal sessionId={search.get("from")} /> : null}
      <Tabs
        value={which}
        onValueChange={(chosen) =>
          setSearch((old) => {
            if (chosen === "reached") old.set("which", "reached");
            else old.delete("which");
            return old;
          })
        }
      >
        <TabsList aria-label={t("Goals")}>
          <TabsTrigger value="open">{t("On the way")}</TabsTrigger>
          <TabsTrigger value="reached">{t("Reached")}</TabsTrigger>
        </TabsList>
        <TabsContent value={which}>
          <List which={which} />
        </TabsContent>
      </Tabs>
    </div>
  );
}

function List({ which }: { which: Which }) {
  const goals = useInfiniteQuery(goalsQuery(which));
  if (goals.isPending) {
    return (
      <Loading what={t("your goals")} className="grid gap-4">
        {[0, 1, 2].map((row) => (
          <Skeleton key={row} className="h-24" />
        ))}
      </Loading>
    );
  }
  if (goals.data === undefined) {
    return <ErrorState error={goals.error} onRetry={() => void goals.refetch()} />;
  }
  const items = goals.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty which={which} />;
  return (
    <div className="grid gap-4">
      <ul className="divide-y divide-line border-y border-line">
        {items.map((goal) => (
          <Row key={goal.id} goal={goal} />
        ))}
      </ul>
      <ShowMore list={goals}>{t("Show more goals")}</ShowMore>
    </div>
  );
}

function Empty({ which }: { which: Which }) {
  const { can_book: client } = useUser();
  if (which === "reached") {
    return (
      <EmptyState title={t("None reached yet")}>
        {t("A goal that you complete stays here.")}
      </EmptyState>
    );
  }
  return (
    <EmptyState title={t("No goals on the way")}>
      {client
        ? t("Set one above, or follow what you wrote at a booking: its session has the button.")
        : t("What your clients want to reach with you is here once they follow it as a goal.")}
    </EmptyState>
  );
}

function Row({ goal }: { goal: GoalOut }) {
  const { time_zone: zone } = useUser();
  const reached = goal.milestones.filter((step) => step.reached_at !== null).length;
  const steps = goal.milestones.length;
  const facts = [
    goal.own ? "" : goal.client,
    goal.completed_at === null
      ? ""
      : t("Reached on {day}", { day: formatDay(goal.completed_at, zone) }),
    steps > 0
      ? tn(steps, "{reached} of {count} milestones", "{reached} of {count} milestones", { reached })
      : "",
  ].filter(Boolean);
  return (
    <li className="grid gap-2 py-4">
      <GoalLine goal={goal} />
      {facts.length > 0 ? <p className="text-sm text-ink-soft">{facts.join(" · ")}</p> : null}
    </li>
  );
}
