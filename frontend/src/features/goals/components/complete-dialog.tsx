import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogFooter,
  DialogTrigger,
} from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/textarea";
import { useComplete } from "@/features/goals/api/goals";
import { LONGEST_NOTE } from "@/features/goals/components/report-progress";
import type { GoalOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { toast } from "@/lib/toast";

/** To end a goal as reached; it says before that nothing is noted on it afterwards. */
export function CompleteDialog({ goal }: { goal: GoalOut }) {
  const complete = useComplete(goal.id);
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    complete.mutate(
      { note: note.trim() },
      { onSuccess: () => toast.success(t("Reached. Well done!")) },
    );
  };
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="secondary" className="justify-self-start">
          {t("I have reached it")}
        </Button>
      </DialogTrigger>
      <DialogContent
        title={t("Have you reached it?")}
        description={t("“{title}” goes to 100%, and nothing more is noted on it.", {
          title: goal.title,
        })}
      >
        <form className="grid gap-4" onSubmit={send}>
          <Field label={t("How did it end?")} optional>
            <Textarea
              value={note}
              maxLength={LONGEST_NOTE}
              onChange={(event) => setNote(event.target.value)}
            />
          </Field>
          {complete.isError ? (
            <ErrorState error={complete.error} title={t("It is still on the way")} />
          ) : null}
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="secondary">{t("Not yet")}</Button>
            </DialogClose>
            <Button type="submit" busy={complete.isPending}>
              {t("Yes, it is reached")}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
