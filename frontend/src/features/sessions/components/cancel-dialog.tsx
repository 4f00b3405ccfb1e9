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
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Textarea } from "@/components/ui/textarea";
import { quoteQuery, useCancel } from "@/features/sessions/api/sessions";
import { useUser } from "@/lib/auth";
import type { QuoteOut, SessionOut } from "@/lib/api-types";
import { formatMoney } from "@/lib/money";
import { isMentorOf } from "@/lib/sessions";
import { formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

const LONGEST_REASON = 500;

/** Cancelling tells first, to the cent, what comes back and until when that holds. */
export function CancelDialog({ session }: { session: SessionOut }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="secondary">Cancel the session</Button>
      </DialogTrigger>
      <DialogContent
        title="Cancel this session?"
        description={`${session.session_type.name} with ${session.mentor.name}`}
      >
        {open ? <Question session={session} onDone={() => setOpen(false)} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function Question({ session, onDone }: { session: SessionOut; onDone: () => void }) {
  const reader = useUser();
  const asMentor = isMentorOf(session, reader);
  const quote = useQuery(quoteQuery(session.id));
  const cancel = useCancel(session.id);
  const [reason, setReason] = useState("");

  if (quote.isPending) {
    return (
      <Loading what="what you get back" className="grid gap-2">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-12" />
      </Loading>
    );
  }
  if (quote.data === undefined) {
    return <ErrorState error={quote.error} onRetry={() => void quote.refetch()} />;
  }
  const paid = session.payment?.status === "succeeded";
  const { refund } = quote.data;
  const label =
    paid && refund.amount > 0 ? ` and refund ${formatMoney(refund, { code: false })}` : "";
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        cancel.mutate(
          { reason: reason.trim() },
          {
            onSuccess: () => {
              toast.success("The session is cancelled.");
              onDone();
            },
          },
        );
      }}
    >
      <QuoteWords
        quote={quote.data}
        held={session.status === "pending"}
        asMentor={asMentor}
        zone={reader.time_zone}
      />
      <Field label={`Reason for ${asMentor ? session.client.name : session.mentor.name}`} optional>
        <Textarea
          value={reason}
          maxLength={LONGEST_REASON}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {cancel.isError ? <ErrorState error={cancel.error} /> : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">Keep the session</Button>
        </DialogClose>
        <Button type="submit" variant="danger" busy={cancel.isPending}>
          Cancel{label || " the session"}
        </Button>
      </DialogFooter>
    </form>
  );
}

type QuoteWordsProps = { quote: QuoteOut; held: boolean; asMentor: boolean; zone: string };

/** Who gets what back, wherever it came from: the money, the own credit, or a package. */
function QuoteWords({ quote, held, asMentor, zone }: QuoteWordsProps) {
  if (held) return <p>Nothing was charged, so nothing has to come back. The time becomes free.</p>;
  const { refund, credit, prepaid, keeps, changes_at: changesAt } = quote;
  const whose = asMentor ? "The client’s" : "Your";
  const back = [
    refund.amount > 0
      ? `${asMentor ? "The client gets" : "You get"} ${formatMoney(refund)} back`
      : null,
    credit.amount > 0 ? `${whose} credit gets ${formatMoney(credit)} back` : null,
    prepaid.amount > 0 ? `${whose} package gets ${formatMoney(prepaid)} back` : null,
  ].filter((words) => words !== null);
  const nothing = `${asMentor ? "The client gets" : "You get"} nothing back`;
  return (
    <div className="grid gap-1">
      {(back.length > 0 ? back : [nothing]).map((words) => (
        <p key={words} className="font-serif text-2xl font-semibold">
          {words}
        </p>
      ))}
      <p className="text-ink-soft">
        {changesAt === null ? null : `This holds until ${formatInstant(changesAt, zone)}. `}
        {keeps.amount > 0 ? `${formatMoney(keeps)} is kept by the cancellation policy.` : null}
        {keeps.amount === 0 && refund.amount > 0 ? "Nothing is kept." : null}
        {back.length === 0 && keeps.amount === 0
          ? "What was paid ahead is kept by the cancellation policy."
          : null}
      </p>
    </div>
  );
}
