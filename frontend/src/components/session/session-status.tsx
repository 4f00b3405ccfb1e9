import { Badge, type Tone } from "@/components/ui/badge";
import type { SessionOut } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";
import { isHeld } from "@/lib/sessions";

type Status = SessionOut["status"];

const WORDS: Record<Status, { word: string; tone: Tone }> = {
  pending: { word: msg("Held, not paid"), tone: "warning" },
  confirmed: { word: msg("Confirmed"), tone: "success" },
  in_progress: { word: msg("Running now"), tone: "info" },
  completed: { word: msg("Completed"), tone: "quiet" },
  reviewed: { word: msg("Reviewed"), tone: "quiet" },
  cancelled: { word: msg("Cancelled"), tone: "danger" },
  expired: { word: msg("Expired, not paid"), tone: "quiet" },
};

type SessionStatusProps = { session: SessionOut; now: number; className?: string };

/** A session's state as one word, the same everywhere. A hold that is over counts as expired. */
export function SessionStatus({ session, now, className }: SessionStatusProps) {
  const over = session.status === "pending" && !isHeld(session, now);
  const late = session.status === "expired" && session.payment?.late === true;
  const { word, tone } = WORDS[over ? "expired" : session.status];
  return (
    <Badge tone={late ? "warning" : tone} className={className}>
      {late ? t("Paid too late, refunded") : t(word)}
    </Badge>
  );
}
