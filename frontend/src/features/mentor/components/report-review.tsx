import { Flag } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { Alert } from "@/components/ui/alert";
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
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { useReportReview } from "@/features/mentor/api/reviews";
import type { ReviewReportRequest } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";
import { toast } from "@/lib/toast";

type Part = ReviewReportRequest["part"];
type Reason = ReviewReportRequest["reason"];
type ReportReviewProps = { id: string; part: Part; of: string };

const LONGEST_WORDS = 1_000;

const REASONS: Record<Reason, string> = {
  insulting: msg("It insults somebody"),
  private: msg("It tells something private"),
  untrue: msg("It is not true"),
  advertising: msg("It is advertising"),
  other: msg("Something else"),
};

/** A quiet way to bring a text before the staff. */
export function ReportReview({ id, part, of }: ReportReviewProps) {
  const [open, setOpen] = useState(false);
  const title = t(
    part === "review" ? "Report the review by {name}" : "Report the answer by {name}",
    { name: of },
  );
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="ghost" size="inline" aria-label={title} className="size-6 text-ink-soft">
          <Flag aria-hidden="true" />
        </Button>
      </DialogTrigger>
      <DialogContent
        title={title}
        description={t(
          "We read it and hide what should not stand there. Nobody learns who reported it.",
        )}
      >
        {open ? <ReportForm id={id} part={part} onDone={() => setOpen(false)} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function ReportForm({ id, part, onDone }: { id: string; part: Part; onDone: () => void }) {
  const report = useReportReview(id);
  const [reason, setReason] = useState<Reason | "">("");
  const [words, setWords] = useState("");
  const [tried, setTried] = useState(false);

  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (reason === "") return;
    report.mutate(
      { part, reason, words: words.trim() },
      {
        onSuccess: () => {
          toast.success(t("Thank you: your report is with us."));
          onDone();
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <Field
        label={t("What is wrong?")}
        error={tried && reason === "" ? t("Choose what is wrong.") : undefined}
      >
        <Select value={reason} onChange={(event) => setReason(event.target.value as Reason)}>
          <option value="" disabled>
            {t("Choose …")}
          </option>
          {Object.entries(REASONS).map(([name, label]) => (
            <option key={name} value={name}>
              {t(label)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t("What should we know?")} optional>
        <Textarea
          value={words}
          maxLength={LONGEST_WORDS}
          onChange={(event) => setWords(event.target.value)}
        />
      </Field>
      {report.isError ? (
        hasCode(report.error, "already_reported") ? (
          <Alert tone="info" title={t("You have reported this already")}>
            {t("We look at it; there is nothing more to do.")}
          </Alert>
        ) : (
          <ErrorState error={report.error} />
        )
      ) : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Go back")}</Button>
        </DialogClose>
        <Button type="submit" variant="danger" busy={report.isPending}>
          {t("Send the report")}
        </Button>
      </DialogFooter>
    </form>
  );
}
