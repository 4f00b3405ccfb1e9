// Messages on their way, in the order of writing, one after the other.

import { useCallback, useEffect, useRef, useState } from "react";
import type { Wish } from "@/features/messages/api/conversations";
import type { MessageOut } from "@/lib/api-types";
import { mayHeal } from "@/lib/problem";
import { typed } from "@/lib/typed";

/** `error`: it was tried and not answered, or refused; those behind it wait. */
export type Outgoing = Wish & { error?: unknown };

type OutboxOptions = {
  /** Names what is kept, for this person and this conversation. */
  name: string;
  send: (wish: Wish) => Promise<MessageOut>;
  onSent: (message: MessageOut) => void;
  /** The connection is there: what failed for want of one is tried again. */
  connected: boolean;
};

type Outbox = {
  waiting: readonly Outgoing[];
  post: (text: string) => void;
  retry: () => void;
  /** Take the first one out, to write it anew. */
  withdraw: () => string;
};

/**
 * Every message keeps its key until it is answered, over a reload too: so that repeating it, from
 * here or after a lost answer, never writes it twice.
 */
export function useOutbox({ name, send, onSent, connected }: OutboxOptions): Outbox {
  const [waiting, setWaiting] = useState<readonly Outgoing[]>(() => kept(name));
  const running = useRef<string | null>(null);
  const done = useRef({ send, onSent });
  useEffect(() => {
    done.current = { send, onSent };
  });
  useEffect(() => typed.keep(name, waiting.length === 0 ? "" : asText(waiting)), [name, waiting]);

  const head = waiting[0];
  useEffect(() => {
    if (head === undefined || head.error !== undefined || running.current === head.key) return;
    running.current = head.key;
    done.current
      .send({ key: head.key, text: head.text })
      .then((message) => {
        done.current.onSent(message);
        setWaiting((all) => all.filter(({ key }) => key !== head.key));
      })
      .catch((error: unknown) => {
        setWaiting((all) => all.map((one) => (one.key === head.key ? { ...one, error } : one)));
      })
      .finally(() => {
        if (running.current === head.key) running.current = null;
      });
  }, [head]);

  const post = useCallback((text: string) => {
    setWaiting((all) => [...all, { key: crypto.randomUUID(), text }]);
  }, []);
  const retry = useCallback(() => setWaiting(anew), []);
  const withdraw = useCallback(() => {
    setWaiting((all) => all.slice(1));
    return head?.text ?? "";
  }, [head]);

  const [wasConnected, setWasConnected] = useState(connected);
  if (connected !== wasConnected) {
    setWasConnected(connected);
    if (connected && mayHeal(head?.error)) setWaiting(anew(waiting));
  }

  return { waiting, post, retry, withdraw };
}

function anew(waiting: readonly Outgoing[]): Outgoing[] {
  return waiting.map(({ key, text }) => ({ key, text }));
}

function asText(waiting: readonly Outgoing[]): string {
  return JSON.stringify(anew(waiting));
}

function kept(name: string): Outgoing[] {
  const text = typed.read(name);
  return text === "" ? [] : (JSON.parse(text) as Outgoing[]);
}
