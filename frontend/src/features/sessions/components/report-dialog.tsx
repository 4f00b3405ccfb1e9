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
import { RadioCard, RadioCards } from "@/components/ui/radio-cards";
import { Textarea } from "@/components/ui/textarea";
import { useReportIncident } from "@/features/sessions/api/incidents";
import type { IncidentRequest, SessionOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { toast } from "@/lib/toast";

type Kind = IncidentRequest["kind"];
type ReportDialogProps = { session: SessionOut; whom: string; kinds: readonly Kind[] };

const LONGEST_REASON = 500;

/** What went wrong, in the reporter's words; people decide on it. */
export function ReportDialog({ session, whom, kinds }: ReportDialogProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="secondary">{t("Report a problem")}</Button>
      </DialogTrigger>
      <DialogContent
        title={t("Report a problem")}
        description={t(
          "We read it, hear {name}, and decide what is paid and what goes back. Until then the session is not settled.",
          { name: whom },
        )}
      >
        {open ? (
          <ReportForm session={session} whom={whom} kinds={kinds} onDone={() => setOpen(false)} />
        ) : null}
      </DialogContent>
    </Dialog>
  );
}

type ReportFormProps = ReportDialogProps & { onDone: () => void };

function ReportForm({ session, whom, kinds, onDone }: ReportFormProps) {
  const report = useReportIncident(session.id);
  const [kind, setKind] = useState<Kind | undefined>(kinds.length === 1 ? kinds[0] : undefined);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);

  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (kind === undefined || reason.trim() === "") return;
    report.mutate(
      { kind, reason: reason.trim() },
      {
        onSuccess: () => {
          toast.success(t("We have your report."));
          onDone();
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <div className="grid gap-1.5">
        <p id="kind" className="font-medium">
          {t("What happened?")}
        </p>
        <RadioCards
          aria-labelledby="kind"
          value={kind ?? ""}
          onValueChange={(chosen) => setKind(chosen as Kind)}
        >
          {kinds.map((each) => (
            <RadioCard key={each} value={each} title={titleOf(each, whom)}>
              {each === "emergency"
                ? t("The session has to end now. Say why.")
                : t("Please wait some minutes for them first.")}
            </RadioCard>
          ))}
        </RadioCards>
        <p aria-live="polite" className="text-sm text-danger">
          {tried && kind === undefined ? t("Choose what happened.") : null}
        </p>
      </div>
      <Field
        label={t("What should we know?")}
        error={tried && reason.trim() === "" ? t("Say in a few words what happened.") : undefined}
      >
        <Textarea
          value={reason}
          maxLength={LONGEST_REASON}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {report.isError ? <ErrorState error={report.error} /> : null}
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

function titleOf(kind: Kind, whom: string): string {
  return kind === "emergency"
    ? t("There is an emergency")
    : t("{name} did not come", { name: whom });
}
