// A thread from its pieces: pages that were read, and what arrived since. Pure.

import type { MessageOut } from "@/lib/api-types";
import { formatDay } from "@/lib/time";

/** Each message once, in the order of writing; what was read later knows it better. */
export function joined(
  read: readonly MessageOut[],
  arrived: readonly MessageOut[],
): readonly MessageOut[] {
  const byNumber = new Map([...arrived, ...read].map((message) => [message.number, message]));
  return [...byNumber.values()].sort((one, other) => one.number - other.number);
}

export type Day = { name: string; messages: readonly MessageOut[] };

/** The messages by the reader's days. */
export function byDay(messages: readonly MessageOut[], zone: string): readonly Day[] {
  const days: { name: string; messages: MessageOut[] }[] = [];
  for (const message of messages) {
    const name = formatDay(message.sent_at, zone);
    const current = days.at(-1);
    if (current?.name === name) current.messages.push(message);
    else days.push({ name, messages: [message] });
  }
  return days;
}

const HIDDEN = "[hidden until a session is paid]";

export function hidesSomething(messages: readonly MessageOut[]): boolean {
  return messages.some(({ text }) => text.includes(HIDDEN));
}
