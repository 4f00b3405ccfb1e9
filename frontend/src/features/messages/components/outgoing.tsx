import { CircleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Bubble } from "@/features/messages/components/thread";
import type { Outgoing } from "@/features/messages/hooks/use-outbox";
import { mayHeal, wordsFor } from "@/lib/problem";

type OutgoingListProps = {
  waiting: readonly Outgoing[];
  onRetry: () => void;
  /** Take a refused one back, to write it anew. */
  onWithdraw: () => void;
};

/** What is on its way; and where the first of them got no answer, what can be done. */
export function OutgoingList({ waiting, onRetry, onWithdraw }: OutgoingListProps) {
  const [first] = waiting;
  if (first === undefined) return null;
  return (
    <div className="grid gap-2">
      <ol aria-label="On their way" className="grid gap-2">
        {waiting.map(({ key, text, error }) => (
          <li key={key} className="grid">
            <Bubble
              text={text}
              mine
              from="You"
              note={error === undefined ? "Sending …" : "Not sent"}
            />
          </li>
        ))}
      </ol>
      {first.error === undefined ? null : (
        <div role="alert" className="flex flex-wrap items-center justify-end gap-2 text-sm">
          <p className="flex items-center gap-2 text-danger">
            <CircleAlert aria-hidden="true" className="size-4 shrink-0" />
            {wordsFor(first.error).detail}
          </p>
          {mayHeal(first.error) ? (
            <Button variant="secondary" size="sm" onClick={onRetry}>
              Send again
            </Button>
          ) : (
            <Button variant="secondary" size="sm" onClick={onWithdraw}>
              Take it back
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
