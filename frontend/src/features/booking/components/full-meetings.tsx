import { useQuery } from "@tanstack/react-query";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { WaitLine } from "@/components/session/wait-line";
import type { FullMeeting, SessionTypeOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t, tn } from "@/lib/i18n";
import { formatInstant } from "@/lib/time";
import { useWait, waitsQuery } from "@/lib/waitlist";

type FullMeetingsProps = { type: SessionTypeOut; full: readonly FullMeeting[]; zone: string };

/** Meetings of a group whose seats are taken: who waits is offered the first that becomes free. */
export function FullMeetings({ type, full, zone }: FullMeetingsProps) {
  const { can_book: client } = useUser();
  const waits = useQuery({ ...waitsQuery, enabled: client });
  if (full.length === 0) return null;
  return (
    <section aria-labelledby="full" className="grid gap-2">
      <h2 id="full" className="text-lg">
        {t("Full meetings")}
      </h2>
      <p className="text-sm text-ink-soft">
        {t("Who waits is offered the first free seat, by e-mail too. Nothing is charged before.")}
      </p>
      {waits.isError ? (
        <ErrorState error={waits.error} onRetry={() => void waits.refetch()} />
      ) : null}
      <ul className="divide-y divide-line border-y border-line">
        {full.map((meeting) => {
          const own = waits.data?.find(
            (wait) => wait.session_type.id === type.id && isSame(wait.starts_at, meeting.starts_at),
          );
          return (
            <li key={meeting.starts_at}>
              {own === undefined ? (
                <Meeting type={type} meeting={meeting} zone={zone} open={waits.isSuccess} />
              ) : (
                <WaitLine wait={own} />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function isSame(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other);
}

type MeetingProps = { type: SessionTypeOut; meeting: FullMeeting; zone: string; open: boolean };

function Meeting({ type, meeting, zone, open }: MeetingProps) {
  const join = useWait();
  const when = formatInstant(meeting.starts_at, zone);
  return (
    <div className="grid gap-2 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span>
          <time dateTime={meeting.starts_at} className="tabular font-medium">
            {when}
          </time>
          <span className="block text-sm text-ink-soft">
            {meeting.waiting === 0
              ? t("Full; nobody waits yet")
              : tn(meeting.waiting, "Full; {count} waits", "Full; {count} wait")}
          </span>
        </span>
        {open ? (
          <Button
            variant="secondary"
            size="sm"
            busy={join.isPending}
            aria-label={t("Wait for a seat: {when}", { when })}
            onClick={() => join.mutate({ session_type: type.id, starts_at: meeting.starts_at })}
          >
            {t("Wait for a seat")}
          </Button>
        ) : null}
      </div>
      {join.isError ? <ErrorState error={join.error} /> : null}
    </div>
  );
}

/** What a group is, before its meetings. */
export function GroupNote({ type }: { type: SessionTypeOut }) {
  return (
    <Alert tone="info">
      {t("A meeting in a group of up to {count}. You book and pay one seat.", {
        count: type.capacity,
      })}
    </Alert>
  );
}
