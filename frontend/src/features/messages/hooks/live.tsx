// The stream of a page of messages, and what came by it since the page was opened.

import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from "react";
import { streamAddress } from "@/features/messages/api/conversations";
import { listen, type StreamState } from "@/features/messages/stream";
import type { MessageOut } from "@/lib/api-types";
import { messageKeys } from "@/lib/messages";

type Live = {
  state: StreamState;
  /** What came or was sent meanwhile, by conversation. */
  arrived: Readonly<Record<string, readonly MessageOut[]>>;
  add: (message: MessageOut) => void;
};

const LiveContext = createContext<Live | null>(null);

/**
 * Messages that arrive are kept beside the pages that were read: a page whose reading began
 * before one arrived can come after it, and must not take it away again.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<StreamState>("connecting");
  const [arrived, setArrived] = useState<Live["arrived"]>({});

  const add = useCallback(
    (message: MessageOut) => {
      setArrived((before) => {
        const known = before[message.conversation_id] ?? [];
        if (known.some(({ number }) => number === message.number)) return before;
        return { ...before, [message.conversation_id]: [...known, message] };
      });
      for (const queryKey of [messageKeys.lists, messageKeys.unread]) {
        void client.invalidateQueries({ queryKey });
      }
    },
    [client],
  );

  useEffect(
    () =>
      listen({
        address: streamAddress,
        onFresh: () => void client.invalidateQueries({ queryKey: messageKeys.all }),
        onMessage: add,
        onState: setState,
      }),
    [add, client],
  );

  const live = useMemo(() => ({ state, arrived, add }), [state, arrived, add]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = use(LiveContext);
  if (live === null) throw new Error("useLive stands outside of LiveProvider.");
  return live;
}
