// What happened to a session, in order, put together from the instants that it carries.

import type { SessionOut, UserOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { isMentorOf } from "@/lib/sessions";

export type Happening = { at: string; what: string; note?: string };

/** In the order of the lifecycle: the gateway's clock and ours may differ by a second. */
export function timelineOf(session: SessionOut, reader: UserOut, now: number): Happening[] {
  const happenings: (Happening | null)[] = [
    { at: session.created_at, what: t("Time held") },
    when(session.expired_at, t("Hold ended without a payment")),
    when(session.payment?.paid_at, t("Paid")),
    when(session.confirmed_at, t("Confirmed")),
    began(session, now) ? { at: session.starts_at, what: t("Session began") } : null,
    cancellation(session, reader),
    session.status === "completed" || session.status === "reviewed"
      ? { at: session.ends_at, what: t("Session completed") }
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
      ? isMentorOf(session, reader)
        ? t("You did not come")
        : t("{name} did not come", { name: session.mentor.name })
      : whoCancelled(session, reader);
  const note = session.cancel_reason;
  return { at: session.cancelled_at, what, ...(note ? { note } : {}) };
}

function whoCancelled(session: SessionOut, reader: UserOut): string {
  const side = isMentorOf(session, reader) ? "mentor" : "client";
  if (session.cancelled_by === side) return t("Cancelled by you");
  const names = { client: session.client.name, mentor: session.mentor.name } as const;
  const name =
    session.cancelled_by === "client" || session.cancelled_by === "mentor"
      ? names[session.cancelled_by]
      : "Counterfoil";
  return t("Cancelled by {name}", { name });
}

function began(session: SessionOut, now: number): boolean {
  const met = ["in_progress", "completed", "reviewed"].includes(session.status);
  return met && Date.parse(session.starts_at) <= now;
}
