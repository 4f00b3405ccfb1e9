import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import type { WaitOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatInstant, formatTime } from "@/lib/time";
import { toast } from "@/lib/toast";
import { useLeave } from "@/lib/waitlist";

/** One place in a line: for what, how far in front, and how to leave; or the seat that is offered. */
export function WaitLine({ wait }: { wait: WaitOut }) {
  const { time_zone: zone } = useUser();
  const leave = useLeave(wait.id);
  const offered = wait.status === "offered";
  const name = t("{session} with {name}", {
    session: wait.session_type.name,
    name: wait.mentor.name,
  });
  const when = formatInstant(wait.starts_at, zone);
  const goAway = () =>
    leave.mutate(undefined, {
      onSuccess: () =>
        toast.success(offered ? t("The seat goes to the next one.") : t("You left the line.")),
    });
  return (
    <div className="grid gap-2 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="min-w-0">
          <span className="font-medium">{name}</span>
          <time dateTime={wait.starts_at} className="tabular block text-sm text-ink-soft">
            {when}
          </time>
        </span>
        <span className="flex flex-wrap items-center gap-2">
          {offered ? (
            <Badge tone="success">{t("A seat is yours")}</Badge>
          ) : (
            <Badge tone="info">{t("Number {place} in line", { place: wait.position ?? 1 })}</Badge>
          )}
          {offered && wait.session_id !== null ? (
            <Button size="sm" asChild>
              <Link to={paths.pay(wait.session_id)}>
                {wait.expires_at === null
                  ? t("Take the seat")
                  : t("Take the seat until {time}", { time: formatTime(wait.expires_at, zone) })}
              </Link>
            </Button>
          ) : null}
          <Button
            variant="secondary"
            size="sm"
            busy={leave.isPending}
            aria-label={
              offered
                ? t("Decline the seat: {name}, {when}", { name, when })
                : t("Leave the line: {name}, {when}", { name, when })
            }
            onClick={goAway}
          >
            {offered ? t("Decline") : t("Leave the line")}
          </Button>
        </span>
      </div>
      {leave.isError ? <ErrorState error={leave.error} /> : null}
    </div>
  );
}
