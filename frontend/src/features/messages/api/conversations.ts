// Conversations and their messages: lists, pages of history, sending, marking as read.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { MessageOut } from "@/lib/api-types";
import { messageKeys } from "@/lib/messages";

/** Whom a first message goes to: a mentor, or the other person of a session. */
export type Addressee = { mentor: string } | { session: string };

export const conversationsQuery = infiniteQueryOptions({
  queryKey: messageKeys.lists,
  queryFn: ({ pageParam, signal }) =>
    answer(
      api.GET("/api/conversations", {
        params: { query: pageParam === "" ? {} : { cursor: pageParam } },
        signal,
      }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next,
});

/** The conversation with somebody, if it has begun. */
export function conversationWithQuery(addressee: Addressee) {
  return queryOptions({
    queryKey: [...messageKeys.all, "with", addressee],
    queryFn: async ({ signal }) => {
      const query = { ...addressee, limit: 1 };
      const page = await answer(api.GET("/api/conversations", { params: { query }, signal }));
      return page.items[0] ?? null;
    },
    staleTime: 0,
    gcTime: 0,
  });
}

const of = (id: string) => ({ path: { conversation_id: id } });

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: messageKeys.conversation(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/conversations/{conversation_id}", { params: of(id), signal })),
  });
}

/** The newest page first; each next page is older. */
export function threadQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: messageKeys.thread(id),
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/conversations/{conversation_id}/messages", {
          params: { ...of(id), query: { limit: 30, ...(pageParam && { before: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.before,
  });
}

/** A message on its way: `key` makes repeating it harmless. */
export type Wish = { key: string; text: string };

export function begin(addressee: Addressee, { key, text }: Wish): Promise<MessageOut> {
  const body = { ...addressee, text };
  const header = { "Idempotency-Key": key };
  return answer(api.POST("/api/conversations", { body, params: { header } }));
}

export function send(id: string, { key, text }: Wish): Promise<MessageOut> {
  return answer(
    api.POST("/api/conversations/{conversation_id}/messages", {
      body: { text },
      params: { ...of(id), header: { "Idempotency-Key": key } },
    }),
  );
}

export async function markRead(id: string, number: number): Promise<void> {
  await answer(
    api.POST("/api/conversations/{conversation_id}/read", {
      body: { up_to: number },
      params: of(id),
    }),
  );
}

/** Where to open the stream: good for one opening, within a minute. */
export async function streamAddress(signal: AbortSignal): Promise<string> {
  const ticket = await answer(api.POST("/api/conversations/stream", { signal }));
  return ticket.url;
}
