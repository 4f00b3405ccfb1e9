import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { BackLink } from "@/components/ui/back-link";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import {
  conversationQuery,
  markRead,
  send,
  threadQuery,
} from "@/features/messages/api/conversations";
import { ClosedNote } from "@/features/messages/components/closed-note";
import { Composer } from "@/features/messages/components/composer";
import { ConnectionNote } from "@/features/messages/components/connection-note";
import { OutgoingList, Unsent } from "@/features/messages/components/outgoing";
import { SafetyMenu } from "@/features/messages/components/safety-menu";
import { Thread } from "@/features/messages/components/thread";
import { useLive } from "@/features/messages/hooks/live";
import { useDraft } from "@/features/messages/hooks/use-draft";
import { useOutbox } from "@/features/messages/hooks/use-outbox";
import { joined } from "@/features/messages/thread";
import { useUser } from "@/lib/auth";
import type { ConversationOut, MessageOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { messageKeys } from "@/lib/messages";
import { paths } from "@/lib/paths";
import { hasCode } from "@/lib/problem";

/** All that the two wrote to each other, as it comes, and the place to write. */
export function ConversationPage({ id }: { id: string }) {
  const conversation = useQuery(conversationQuery(id));
  return (
    <div className="flex h-full flex-col">
      <BackLink to={paths.messages()} className="mb-2 self-start md:hidden">
        {t("All messages")}
      </BackLink>
      {conversation.data ? (
        <Open conversation={conversation.data} />
      ) : (
        <>
          <PageHeading title={t("Conversation")} />
          {conversation.isError ? (
            <ErrorState
              error={conversation.error}
              onRetry={() => void conversation.refetch()}
              className="mt-4"
            />
          ) : (
            <ThreadSkeleton />
          )}
        </>
      )}
    </div>
  );
}

function Open({ conversation }: { conversation: ConversationOut }) {
  const { id, with_name: withName } = conversation;
  const user = useUser();
  const client = useQueryClient();
  const live = useLive();
  const thread = useInfiniteQuery(threadQuery(id));
  const [isAtEnd, setAtEnd] = useState(true);
  const [draft, setDraft] = useDraft(`draft:${user.id}:${id}`);
  const outbox = useOutbox({
    name: `outbox:${user.id}:${id}`,
    send: (wish) =>
      send(id, wish).catch((error: unknown) => {
        if (hasCode(error, "conversation_blocked"))
          void client.invalidateQueries({ queryKey: messageKeys.conversation(id) });
        throw error;
      }),
    onSent: live.add,
    connected: live.state === "live",
  });

  const read = thread.data?.pages.flatMap((page) => page.items) ?? [];
  const messages = joined(read, thread.data ? (live.arrived[id] ?? []) : []);
  useReading(id, messages, isAtEnd);

  return (
    <>
      <div className="relative border-b border-line pb-3">
        <div className="flex items-center justify-between gap-2">
          <PageHeading title={withName} className="min-w-0 flex-1 text-xl sm:text-2xl" />
          <SafetyMenu conversation={conversation} messages={messages} />
        </div>
        <ConnectionNote state={live.state} />
      </div>
      {thread.data ? (
        <Thread
          withName={withName}
          messages={messages}
          onAtEnd={setAtEnd}
          older={
            thread.hasNextPage ? (
              <Button
                variant="secondary"
                size="sm"
                className="justify-self-center"
                busy={thread.isFetchingNextPage}
                onClick={() => void thread.fetchNextPage()}
              >
                {t("Older messages")}
              </Button>
            ) : null
          }
          outgoing={<OutgoingList waiting={outbox.waiting} newest={messages.at(-1)?.number ?? 0} />}
        />
      ) : thread.isError ? (
        <ErrorState
          error={thread.error}
          onRetry={() => void thread.refetch()}
          className="my-4 flex-1"
        />
      ) : (
        <ThreadSkeleton />
      )}
      <Unsent
        first={outbox.waiting[0]}
        onRetry={outbox.retry}
        onWithdraw={() => setDraft([outbox.withdraw(), draft].filter(Boolean).join("\n"))}
      />
      {conversation.open ? (
        <Composer
          label={t("Write to {name}", { name: withName })}
          text={draft}
          onText={setDraft}
          onSend={outbox.post}
        />
      ) : (
        <div className="border-t border-line pt-3">
          <ClosedNote conversation={conversation} />
        </div>
      )}
    </>
  );
}

/** Mark as read what lies before the reader's eyes: at the end of the thread, in a visible tab. */
function useReading(id: string, messages: readonly MessageOut[], isAtEnd: boolean): void {
  const client = useQueryClient();
  const isVisible = useVisible();
  const newest = messages.findLast(({ mine }) => !mine)?.number ?? 0;
  useEffect(() => {
    if (newest === 0 || !isAtEnd || !isVisible) return;
    markRead(id, newest)
      .then(() => {
        for (const queryKey of [messageKeys.lists, messageKeys.unread]) {
          void client.invalidateQueries({ queryKey });
        }
      })
      .catch(() => undefined); // it stays unread, and is marked with the next one
  }, [client, id, newest, isAtEnd, isVisible]);
}

function useVisible(): boolean {
  const [isVisible, setVisible] = useState(document.visibilityState === "visible");
  useEffect(() => {
    const look = () => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return isVisible;
}

function ThreadSkeleton() {
  return (
    <Loading what={t("messages")} className="grid flex-1 content-start gap-3 py-4">
      <Skeleton className="h-15 w-3/5 rounded-lg" />
      <Skeleton className="h-15 w-2/5 justify-self-end rounded-lg" />
      <Skeleton className="h-22 w-3/5 rounded-lg" />
    </Loading>
  );
}
