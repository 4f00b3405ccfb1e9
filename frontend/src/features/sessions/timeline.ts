// What happened to a session, in order, put together from the instants that it carries.

import type { SessionOut } from "@/lib/api-types";

export type Happening = { at: string; what: string; note?: string };

const BY: Partial<Record<string, string>> = {
  client: "by the client",
  mentor: "by the mentor",
  platform: "by Counterfoil",
  system: "by Counterfoil",
};

export function timelineOf(session: SessionOut, now: number): Happening[] {
  const happenings: (Happening | null)[] = [
    { at: session.created_at, what: "Time held" },
    when(session.payment?.paid_at, "Paid"),
    when(session.confirmed_at, "Confirmed"),
    when(session.expired_at, "Hold ended without a payment"),
    cancellation(session),
    began(session, now) ? { at: session.starts_at, what: "Session began" } : null,
    session.status === "completed" || session.status === "reviewed"
      ? { at: session.ends_at, what: "Session completed" }
      : null,
  ];
  return happenings
    .filter((happening) => happening !== null)
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function when(at: string | null | undefined, what: string): Happening | null {
  return at ? { at, what } : null;
}

function cancellation(session: SessionOut): Happening | null {
  if (session.cancelled_at === null) return null;
  const by = BY[session.cancelled_by ?? ""] ?? "";
  const what = ["Cancelled", by].filter(Boolean).join(" ");
  const note = session.cancel_reason;
  return { at: session.cancelled_at, what, ...(note ? { note } : {}) };
}

function began(session: SessionOut, now: number): boolean {
  const met = ["in_progress", "completed", "reviewed"].includes(session.status);
  return met && Date.parse(session.starts_at) <= now;
}
