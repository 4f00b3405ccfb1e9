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
import { msg, t } from "@/lib/i18n";
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
        <Button variant="secondary">{t("Cancel the session")}</Button>
      </DialogTrigger>
      <DialogContent
        title={t("Cancel this session?")}
        description={t("{session} with {name}", {
          session: session.session_type.name,
          name: session.mentor.name,
        })}
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
      <Loading what={t("what you get back")} className="grid gap-2">
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
    paid && refund.amount > 0
      ? t("Cancel and refund {amount}", { amount: formatMoney(refund, { code: false }) })
      : t("Cancel the session");
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        cancel.mutate(
          { reason: reason.trim() },
          {
            onSuccess: () => {
              toast.success(t("The session is cancelled."));
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
      <Field
        label={t("Reason for {name}", {
          name: asMentor ? session.client.name : session.mentor.name,
        })}
        optional
      >
        <Textarea
          value={reason}
          maxLength={LONGEST_REASON}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {cancel.isError ? <ErrorState error={cancel.error} /> : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Keep the session")}</Button>
        </DialogClose>
        <Button type="submit" variant="danger" busy={cancel.isPending}>
          {label}
        </Button>
      </DialogFooter>
    </form>
  );
}

// Whoever reads it: what comes back to them, or to the client.
const BACK = {
  you: {
    money: msg("You get {amount} back"),
    credit: msg("Your credit gets {amount} back"),
    prepaid: msg("Your package gets {amount} back"),
    nothing: msg("You get nothing back"),
  },
  client: {
    money: msg("The client gets {amount} back"),
    credit: msg("The client’s credit gets {amount} back"),
    prepaid: msg("The client’s package gets {amount} back"),
    nothing: msg("The client gets nothing back"),
  },
};

type QuoteWordsProps = {
  quote: Pick<QuoteOut, "refund" | "credit" | "prepaid" | "keeps" | "changes_at">;
  held: boolean;
  asMentor: boolean;
  zone: string;
};

/** Who gets what back, wherever it came from: the money, the own credit, or a package. */
export function QuoteWords({ quote, held, asMentor, zone }: QuoteWordsProps) {
  if (held)
    return <p>{t("Nothing was charged, so nothing has to come back. The time becomes free.")}</p>;
  const { refund, credit, prepaid, keeps, changes_at: changesAt } = quote;
  const told = BACK[asMentor ? "client" : "you"];
  const ways = [
    { amount: refund, words: told.money },
    { amount: credit, words: told.credit },
    { amount: prepaid, words: told.prepaid },
  ];
  const back = ways
    .filter(({ amount }) => amount.amount > 0)
    .map(({ amount, words }) => t(words, { amount: formatMoney(amount) }));
  return (
    <div className="grid gap-1">
      {(back.length > 0 ? back : [t(told.nothing)]).map((words) => (
        <p key={words} className="font-serif text-2xl font-semibold">
          {words}
        </p>
      ))}
      <p className="text-ink-soft">
        {changesAt === null
          ? null
          : `${t("This holds until {when}.", { when: formatInstant(changesAt, zone) })} `}
        {keeps.amount > 0
          ? t("{amount} is kept by the cancellation policy.", { amount: formatMoney(keeps) })
          : null}
        {keeps.amount === 0 && refund.amount > 0 ? t("Nothing is kept.") : null}
        {back.length === 0 && keeps.amount === 0
          ? t("What was paid ahead is kept by the cancellation policy.")
          : null}
      </p>
    </div>
  );
}
