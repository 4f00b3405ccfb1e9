// Blocking the other person of a conversation, and reporting what they wrote.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { ConversationOut, ReportOut, ReportRequest } from "@/lib/api-types";
import { messageKeys } from "@/lib/messages";

/** Block or unblock; safe to repeat. The page has the answer at once. */
export function useBlock(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (block: boolean): Promise<ConversationOut> => {
      const params = { path: { conversation_id: id } };
      return answer(
        block
          ? api.PUT("/api/conversations/{conversation_id}/block", { params })
          : api.DELETE("/api/conversations/{conversation_id}/block", { params }),
      );
    },
    onSuccess: (conversation) => {
      client.setQueryData(messageKeys.conversation(id), conversation);
      void client.invalidateQueries({ queryKey: messageKeys.lists });
    },
  });
}

export function useReport(id: string) {
  return useMutation({
    mutationFn: (body: ReportRequest): Promise<ReportOut> =>
      answer(
        api.POST("/api/conversations/{conversation_id}/report", {
          body,
          params: { path: { conversation_id: id } },
        }),
      ),
  });
}
