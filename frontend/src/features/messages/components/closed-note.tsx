import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { useBlock } from "@/features/messages/api/safety";
import type { ConversationOut } from "@/lib/api-types";

/** Where one would write, if it were not blocked. Only who has blocked reads who did. */
export function ClosedNote({ conversation }: { conversation: ConversationOut }) {
  const { id, with_name: withName, blocked } = conversation;
  const block = useBlock(id);
  if (!blocked) {
    return (
      <Alert tone="info" title="This conversation is closed">
        No messages can be sent here any more. What was written stays.
      </Alert>
    );
  }
  return (
    <div className="grid gap-3">
      <Alert tone="info" title={`You have blocked ${withName}`}>
        <p>Neither of you can send messages here.</p>
        <Button
          variant="secondary"
          size="sm"
          className="mt-2"
          busy={block.isPending}
          onClick={() => block.mutate(false)}
        >
          Unblock
        </Button>
      </Alert>
      {block.isError ? <ErrorState error={block.error} /> : null}
    </div>
  );
}
