import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Range } from "@/components/ui/range";
import { Textarea } from "@/components/ui/textarea";
import { useReport } from "@/features/goals/api/goals";
import type { GoalOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { toast } from "@/lib/toast";

export const LONGEST_NOTE = 1_000;
const STEP = 5;

/** How far it is now, with a few words; it may go back. */
export function ReportProgress({ goal }: { goal: GoalOut }) {
  const report = useReport(goal.id);
  const [percent, setPercent] = useState(goal.percent);
  const [note, setNote] = useState("");
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    report.mutate(
      { percent, note: note.trim() },
      {
        onSuccess: () => {
          setNote((now) => (now === note ? "" : now));
          toast.success(t("Noted: {percent}%.", { percent }));
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={send} aria-label={t("Report progress")}>
      <Field label={t("How far are you now? {percent}%", { percent })}>
        <Range
          min={0}
          max={100}
          step={STEP}
          value={percent}
          aria-valuetext={t("{percent}%", { percent })}
          onChange={(event) => setPercent(event.target.valueAsNumber)}
        />
      </Field>
      <Field label={t("What has happened?")} optional>
        <Textarea
          value={note}
          maxLength={LONGEST_NOTE}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      {report.isError ? (
        <ErrorState error={report.error} title={t("This is not noted yet")} />
      ) : null}
      <Button type="submit" className="justify-self-start" busy={report.isPending}>
        {t("Note it")}
      </Button>
    </form>
  );
}
