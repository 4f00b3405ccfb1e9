import { CircleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Bubble } from "@/features/messages/components/thread";
import type { Outgoing } from "@/features/messages/hooks/use-outbox";
import { t } from "@/lib/i18n";
import { mayHeal, wordsFor } from "@/lib/problem";

type OutgoingListProps = {
  waiting: readonly Outgoing[];
  /** The newest message above; with each, what waits is laid out anew below it, not pushed down. */
  newest: number;
};

/** What is on its way, below all that has come; said aloud when it is there, not each time it is laid out. */
export function OutgoingList({ waiting, newest }: OutgoingListProps) {
  if (waiting.length === 0) return null;
  return (
    <ol key={newest} aria-label={t("On their way")} aria-live="off" className="grid gap-2">
      {waiting.map(({ key, text, error }) => (
        <li key={key} className="grid">
          <Bubble
            text={text}
            mine
            from={t("You")}
            note={error === undefined ? t("Sending …") : t("Not sent")}
          />
        </li>
      ))}
    </ol>
  );
}

type UnsentProps = {
  /** The first that waits. */
  first: Outgoing | undefined;
  onRetry: () => void;
  /** Take a refused one back, to write it anew. */
  onWithdraw: () => void;
};

/** Why the first of them got no answer, and what can be done: by the composer, always in sight. */
export function Unsent({ first, onRetry, onWithdraw }: UnsentProps) {
  if (first?.error === undefined) return null;
  return (
    <div role="alert" className="flex flex-wrap items-center justify-end gap-2 pb-2 text-sm">
      <p className="flex items-center gap-2 text-danger">
        <CircleAlert aria-hidden="true" className="size-4 shrink-0" />
        {wordsFor(first.error).detail}
      </p>
      {mayHeal(first.error) ? (
        <Button variant="secondary" size="sm" onClick={onRetry}>
          {t("Send again")}
        </Button>
      ) : (
        <Button variant="secondary" size="sm" onClick={onWithdraw}>
          {t("Take it back")}
        </Button>
      )}
    </div>
  );
}
