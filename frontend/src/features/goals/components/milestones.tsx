import { Check } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Words } from "@/components/words";
import { useAddMilestone, useReach } from "@/features/goals/api/goals";
import { LONGEST_TITLE } from "@/features/goals/components/set-goal";
import type { GoalOut, MilestoneOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { formatDay } from "@/lib/time";
import { toast } from "@/lib/toast";

/** As many as the API keeps of one goal. */
const MOST = 20;

/** The steps on the way, in their order. */
export function Milestones({ goal, writable }: { goal: GoalOut; writable: boolean }) {
  const reach = useReach(goal.id);
  if (goal.milestones.length === 0 && !writable) return null;
  return (
    <section className="grid gap-4" aria-labelledby="milestones">
      <h2 id="milestones" className="text-xl">
        {t("Milestones")}
      </h2>
      {goal.milestones.length > 0 ? (
        <ol className="divide-y divide-line border-y border-line">
          {goal.milestones.map((step) => (
            <Step
              key={step.id}
              step={step}
              busy={reach.isPending && reach.variables === step.id}
              onReach={
                writable ? () => reach.mutate(step.id, { onSuccess: said(step) }) : undefined
              }
            />
          ))}
        </ol>
      ) : (
        <p className="text-ink-soft">{t("Cut the way into steps: each is easier to begin.")}</p>
      )}
      {reach.isError ? (
        <ErrorState error={reach.error} title={t("The milestone is not marked yet")} />
      ) : null}
      {writable && goal.milestones.length < MOST ? <Add goal={goal} /> : null}
    </section>
  );
}

const said = (step: MilestoneOut) => () =>
  toast.success(t("Reached: {title}", { title: step.title }));

type StepProps = { step: MilestoneOut; busy: boolean; onReach: (() => void) | undefined };

function Step({ step, busy, onReach }: StepProps) {
  const { time_zone: zone } = useUser();
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <span className="min-w-0 flex-1 basis-56 wrap-anywhere">
        {step.title}
        {step.reached_at === null ? null : (
          <span className="flex items-center gap-1 text-sm text-success">
            <Check aria-hidden="true" className="size-4" />
            {t("Reached on {day}", { day: formatDay(step.reached_at, zone) })}
          </span>
        )}
      </span>
      {step.reached_at === null && onReach !== undefined ? (
        <Button variant="secondary" size="sm" busy={busy} onClick={onReach}>
          <Words
            text="Reached <step>{title}</step>"
            values={{ title: step.title }}
            parts={{ step: <span className="sr-only" /> }}
          />
        </Button>
      ) : null}
    </li>
  );
}

function Add({ goal }: { goal: GoalOut }) {
  const add = useAddMilestone(goal.id);
  const [title, setTitle] = useState("");
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (title.trim() === "") return;
    add.mutate({ title: title.trim() }, { onSuccess: () => setTitle("") });
  };
  return (
    <form className="grid gap-3" onSubmit={send} aria-label={t("Add a milestone")}>
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t("The next milestone")} className="min-w-0 flex-1 basis-64">
          <Input
            value={title}
            maxLength={LONGEST_TITLE}
            onChange={(event) => setTitle(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="secondary" busy={add.isPending}>
          {t("Add it")}
        </Button>
      </div>
      {add.isError ? <ErrorState error={add.error} title={t("It is not added yet")} /> : null}
    </form>
  );
}
