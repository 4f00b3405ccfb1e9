// Reading a session, for every screen that shows one; and what its state means at an instant.

import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { SessionOut, UserOut } from "@/lib/api-types";
import { noteServerTime } from "@/lib/clock";

export const sessionKeys = {
  all: ["sessions"] as const,
  one: (id: string) => ["sessions", "one", id] as const,
};

/** One session of the reader's; a missing one and another's both refuse with 404. */
export function sessionQuery(id: string) {
  return queryOptions({
    queryKey: sessionKeys.one(id),
    queryFn: async ({ signal }) => {
      const call = api.GET("/api/sessions/{session_id}", {
        params: { path: { session_id: id } },
        signal,
      });
      noteServerTime((await call).response);
      return answer(call);
    },
  });
}

/**
 * Have every screen read the sessions anew: one may have moved, or ended.
 *
 * Nothing waits for it. A mutation that did would call the screen that asked for it only once the
 * new state is shown, by which that screen is often gone, and says nothing.
 */
export function useReadAnew(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: sessionKeys.all });
}

/** Whose side the reader is on. */
export function isMentorOf(session: SessionOut, reader: UserOut): boolean {
  return reader.mentor?.slug === session.mentor.slug;
}

/** Held, unpaid, and still in time at `now` (milliseconds). */
export function isHeld(session: SessionOut, now: number): boolean {
  const ends = session.expires_at === null ? 0 : Date.parse(session.expires_at);
  return session.status === "pending" && now < ends;
}

/** Whether the time is still kept for the reader: it can be met, or cancelled. */
export function isAhead(session: SessionOut, now: number): boolean {
  return isHeld(session, now) || session.status === "confirmed" || session.status === "in_progress";
}
