import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { useBlock } from "@/features/messages/api/safety";
import type { ConversationOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";

/** Where one would write, if it were not blocked. Only who has blocked reads who did. */
export function ClosedNote({ conversation }: { conversation: ConversationOut }) {
  const { id, with_name: withName, blocked } = conversation;
  const block = useBlock(id);
  if (!blocked) {
    return (
      <Alert tone="info" title={t("This conversation is closed")}>
        {t("No messages can be sent here any more. What was written stays.")}
      </Alert>
    );
  }
  return (
    <div className="grid gap-3">
      <Alert tone="info" title={t("You have blocked {name}", { name: withName })}>
        <p>{t("Neither of you can send messages here.")}</p>
        <Button
          variant="secondary"
          size="sm"
          className="mt-2"
          busy={block.isPending}
          onClick={() => block.mutate(false)}
        >
          {t("Unblock")}
        </Button>
      </Alert>
      {block.isError ? <ErrorState error={block.error} /> : null}
    </div>
  );
}
