import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
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
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Textarea } from "@/components/ui/textarea";
import { seriesQuoteQuery, useCancelSeries } from "@/features/sessions/api/series";
import { QuoteWords } from "@/features/sessions/components/cancel-dialog";
import type { SeriesOut, SessionOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { isMentorOf } from "@/lib/sessions";
import { formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

const LONGEST_REASON = 500;

type CancelSeriesDialogProps = { series: SeriesOut; ahead: readonly SessionOut[] };

/** All that is ahead, or one and those after it; what comes back is told for that choice. */
export function CancelSeriesDialog({ series, ahead }: CancelSeriesDialogProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="secondary" className="justify-self-start">
          {t("Cancel the series or its rest")}
        </Button>
      </DialogTrigger>
      <DialogContent title={t("Cancel several sessions?")}>
        {open ? <Question series={series} ahead={ahead} onDone={() => setOpen(false)} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function Question({ series, ahead, onDone }: CancelSeriesDialogProps & { onDone: () => void }) {
  const reader = useUser();
  const [since, setSince] = useState(1);
  const [reason, setReason] = useState("");
  const quote = useQuery(seriesQuoteQuery(series.id, since));
  const cancel = useCancelSeries(series.id);
  const [first] = ahead;
  const asMentor = first !== undefined && isMentorOf(first, reader);
  const whom = (asMentor ? first.client.name : first?.mentor.name) ?? "";
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        cancel.mutate(
          { since, reason: reason.trim() },
          {
            onSuccess: () => {
              toast.success(t("The sessions are cancelled."));
              onDone();
            },
          },
        );
      }}
    >
      <Field label={t("Which sessions?")}>
        <Select value={since} onChange={(event) => setSince(Number(event.target.value))}>
          <option value={1}>{t("All that are ahead")}</option>
          {ahead.slice(1).map((session) => (
            <option key={session.id} value={session.series?.position ?? 1}>
              {t("That of {when} and all after it", {
                when: formatInstant(session.starts_at, reader.time_zone),
              })}
            </option>
          ))}
        </Select>
      </Field>
      {quote.data ? (
        <QuoteWords
          quote={quote.data}
          held={ahead.every(({ status }) => status === "pending")}
          asMentor={asMentor}
          zone={reader.time_zone}
        />
      ) : quote.isError ? (
        <ErrorState error={quote.error} onRetry={() => void quote.refetch()} />
      ) : (
        <Loading what={t("what you get back")} className="grid gap-2">
          <Skeleton className="h-8 w-56" />
          <Skeleton className="h-12" />
        </Loading>
      )}
      <Field label={t("Reason for {name}", { name: whom })} optional>
        <Textarea
          value={reason}
          maxLength={LONGEST_REASON}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {cancel.isError ? <ErrorState error={cancel.error} /> : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Keep the sessions")}</Button>
        </DialogClose>
        <Button
          type="submit"
          variant="danger"
          busy={cancel.isPending}
          disabled={quote.data === undefined}
        >
          {t("Cancel the sessions")}
        </Button>
      </DialogFooter>
    </form>
  );
}
