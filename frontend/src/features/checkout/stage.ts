// Where a booking stands between its hold and its confirmation: read off the session alone, so
// that a reload, the back button and another tab all find the same screen.

import type { SessionOut } from "@/lib/api-types";
import { isHeld } from "@/lib/sessions";

export type Stage =
  | "pay" // held: the card form
  | "expired" // the hold is over, and no money came
  | "late" // money came after the hold; all of it goes back
  | "moved" // money came after the hold, and another session took the same time
  | "cancelled"
  | "paid";

/** The stage at `now` (milliseconds by the server's clock). */
export function stageOf(session: SessionOut, now: number): Stage {
  if (session.replaced_by !== null) return "moved";
  if (isHeld(session, now)) return "pay";
  if (session.status === "pending" || session.status === "expired") {
    return session.payment?.status === "succeeded" ? "late" : "expired";
  }
  if (session.status === "cancelled") return session.payment?.late ? "late" : "cancelled";
  return "paid";
}
