// How a package stands at an instant: a word and a tone.

import type { Tone } from "@/components/ui/badge";
import type { PackageOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";

export type Standing = "unpaid" | "never" | "usable" | "used" | "expired" | "closed";

/** `never`: its time to be paid is over, and it was not. `now` is milliseconds. */
export function standingOf(one: PackageOut, now: number): Standing {
  if (one.closed_at !== null) return "closed";
  if (one.begun_at === null) return Date.parse(one.pay_by) > now ? "unpaid" : "never";
  if (one.expires_at !== null && Date.parse(one.expires_at) <= now) return "expired";
  return one.credits_left > 0 ? "usable" : "used";
}

/** Whether what is unused can be had back. */
export function canGoBack(one: PackageOut, now: number): boolean {
  return standingOf(one, now) === "usable" && one.unused.amount > 0;
}

export function badgeOf(standing: Standing): { words: string; tone: Tone } {
  switch (standing) {
    case "usable":
      return { words: t("Usable"), tone: "success" };
    case "unpaid":
      return { words: t("Not paid yet"), tone: "info" };
    case "never":
      return { words: t("Not charged"), tone: "quiet" };
    case "used":
      return { words: t("Used up"), tone: "quiet" };
    case "expired":
      return { words: t("Its time is over"), tone: "quiet" };
    case "closed":
      return { words: t("Given back"), tone: "quiet" };
  }
}
