import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useNavigate } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useSetGoal } from "@/features/goals/api/goals";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { sessionQuery } from "@/lib/sessions";
import { toast } from "@/lib/toast";

export const LONGEST_TITLE = 200;

/** A new goal; begun at a session where one is named, with what was written at its booking. */
export function SetGoal({ sessionId }: { sessionId: string | null }) {
  const session = useQuery({ ...sessionQuery(sessionId ?? ""), enabled: sessionId !== null });
  const unread = session.isError && session.data === undefined;
  if (sessionId === null || unread) {
    return (
      <>
        {unread ? (
          <Alert tone="warning" title={t("That session could not be read")}>
            {t("Set the goal without it, or go back to the session and try again.")}
          </Alert>
        ) : null}
        <Form key="without" sessionId={null} wish="" />
      </>
    );
  }
  if (session.data === undefined)
    return <Form key="waiting" sessionId={sessionId} wish="" waiting />;
  const { goals, mentor } = session.data;
  return <Form key={sessionId} sessionId={sessionId} wish={titleOf(goals)} mentor={mentor.name} />;
}

/** What was written at the booking, on one line and cut at a word to a title's length. */
function titleOf(wish: string): string {
  const line = wish.trim().replaceAll(/\s+/g, " ");
  if (line.length <= LONGEST_TITLE) return line;
  const cut = line.slice(0, LONGEST_TITLE - 2);
  return `${cut.slice(0, cut.lastIndexOf(" ") > 0 ? cut.lastIndexOf(" ") : undefined)} …`;
}

type FormProps = { sessionId: string | null; wish: string; mentor?: string; waiting?: boolean };

function Form({ sessionId, wish, mentor, waiting = false }: FormProps) {
  const set = useSetGoal();
  const navigate = useNavigate();
  const [title, setTitle] = useState(wish);
  const [tried, setTried] = useState(false);
  const missing = title.trim() === "";
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing || waiting) return;
    set.mutate(
      { title: title.trim(), session_id: sessionId },
      {
        onSuccess: (goal) => {
          toast.success(t("Your goal is set."));
          void navigate(paths.goal(goal.id));
        },
      },
    );
  };
  return (
    <form className="grid gap-3" onSubmit={send} noValidate aria-label={t("Set a goal")}>
      <div className="flex flex-wrap items-end gap-3">
        <Field
          label={t("What do you want to reach?")}
          hint={
            mentor === undefined
              ? undefined
              : t("{mentor} sees this goal and how far it is.", { mentor })
          }
          error={tried && missing ? t("Write what you want to reach.") : undefined}
          className="min-w-0 flex-1 basis-72"
        >
          <Input
            value={title}
            maxLength={LONGEST_TITLE}
            disabled={waiting}
            onChange={(event) => setTitle(event.target.value)}
          />
        </Field>
        <Button type="submit" busy={set.isPending}>
          {t("Set this goal")}
        </Button>
      </div>
      {set.isError ? <ErrorState error={set.error} title={t("The goal is not set yet")} /> : null}
    </form>
  );
}
