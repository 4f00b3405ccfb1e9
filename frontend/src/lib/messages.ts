// What every screen may ask of messages: the keys of their cache, and how many wait unread.

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";

export const messageKeys = {
  all: ["messages"] as const,
  lists: ["messages", "list"] as const,
  unread: ["messages", "unread"] as const,
  conversation: (id: string) => ["messages", "one", id] as const,
  thread: (id: string) => ["messages", "thread", id] as const,
};

const LOOK_AGAIN_MS = 60_000;

/** Looked at again each minute; pages of messages hear at once and ask at once. */
export const unreadQuery = queryOptions({
  queryKey: messageKeys.unread,
  queryFn: ({ signal }) => answer(api.GET("/api/conversations/unread", { signal })),
  refetchInterval: LOOK_AGAIN_MS,
});
