// What happened to a session, in order, put together from the instants that it carries.

import type { SessionOut, UserOut } from "@/lib/api-types";
import { isMentorOf } from "@/lib/sessions";

export type Happening = { at: string; what: string; note?: string };

/** In the order of the lifecycle: the gateway's clock and ours may differ by a second. */
export function timelineOf(session: SessionOut, reader: UserOut, now: number): Happening[] {
  const happenings: (Happening | null)[] = [
    { at: session.created_at, what: "Time held" },
    when(session.expired_at, "Hold ended without a payment"),
    when(session.payment?.paid_at, "Paid"),
    when(session.confirmed_at, "Confirmed"),
    began(session, now) ? { at: session.starts_at, what: "Session began" } : null,
    cancellation(session, reader),
    session.status === "completed" || session.status === "reviewed"
      ? { at: session.ends_at, what: "Session completed" }
      : null,
  ];
  return happenings.filter((happening) => happening !== null);
}

function when(at: string | null | undefined, what: string): Happening | null {
  return at ? { at, what } : null;
}

function cancellation(session: SessionOut, reader: UserOut): Happening | null {
  if (session.cancelled_at === null) return null;
  const what =
    session.outcome === "mentor_absent"
      ? `${isMentorOf(session, reader) ? "You" : session.mentor.name} did not come`
      : `Cancelled by ${whoCancelled(session, reader)}`;
  const note = session.cancel_reason;
  return { at: session.cancelled_at, what, ...(note ? { note } : {}) };
}

function whoCancelled(session: SessionOut, reader: UserOut): string {
  const side = isMentorOf(session, reader) ? "mentor" : "client";
  if (session.cancelled_by === side) return "you";
  if (session.cancelled_by === "client") return session.client.name;
  if (session.cancelled_by === "mentor") return session.mentor.name;
  return "Counterfoil";
}

function began(session: SessionOut, now: number): boolean {
  const met = ["in_progress", "completed", "reviewed"].includes(session.status);
  return met && Date.parse(session.starts_at) <= now;
}
