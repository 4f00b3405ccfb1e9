import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { AskMentor } from "@/app/moving/ask-mentor";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { ZonedTime } from "@/components/ui/zoned-time";
import { Words } from "@/components/words";
import { alternativesOf, type Move, moveSlotsQuery } from "@/features/sessions/api/moving";
import type { SessionOut, SlotOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { dayOf } from "@/lib/days";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { policyInWords, shareAt, shareOf } from "@/lib/policy";
import { hasCode } from "@/lib/problem";
import { formatBrief, formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

const WHOLE_BPS = 10_000;

type ConfirmProps = {
  session: SessionOut;
  zone: string;
  /** The chosen start. */
  at: string;
  move: Move;
  /** Another time, or null to look at all of them again. */
  onChange: (slot: SlotOut | null) => void;
};

/** The old time and the new one, and what a cancellation gives back afterwards. */
export function Confirm({ session, zone, at, move, onChange }: ConfirmProps) {
  const day = dayOf(at, zone);
  const slots = useQuery(moveSlotsQuery({ id: session.id, first: day, last: day, zone }));
  const navigate = useNavigate();
  const slot = slots.data?.find((one) => Date.parse(one.starts_at) === Date.parse(at));

  if (slots.isPending) {
    return (
      <Loading what={t("the time")} className="grid gap-4">
        <Skeleton className="h-7 w-48" />
        <Skeleton className="h-40" />
        <Skeleton className="h-11" />
      </Loading>
    );
  }
  if (slots.data === undefined) {
    return <ErrorState error={slots.error} onRetry={() => void slots.refetch()} />;
  }
  const others = alternativesOf(move.error);
  const again = (
    <Button variant="secondary" onClick={() => onChange(null)}>
      {t("Choose another time")}
    </Button>
  );
  if (slot === undefined || hasCode(move.error, "slot_taken", "slot_not_offered")) {
    return (
      <div className="grid gap-4">
        <Alert tone="warning" title={t("This time is no longer free")}>
          {t("Nothing has moved: your session is still on {when}.", {
            when: formatInstant(session.starts_at, zone),
          })}
        </Alert>
        <div className="flex flex-wrap gap-2">
          {others.map((other) => (
            <Button key={other.starts_at} onClick={() => onChange(other)}>
              {t("Take {when}", { when: formatInstant(other.starts_at, zone) })}
            </Button>
          ))}
          {again}
        </div>
      </div>
    );
  }
  if (hasCode(move.error, "inside_notice")) {
    return (
      <AskMentor session={session} zone={zone} at={slot.starts_at} onAgain={() => onChange(null)} />
    );
  }
  const takes = () =>
    move.mutate(slot, {
      onSuccess: (moved) => {
        toast.success(t("Moved to {when}.", { when: formatInstant(moved.starts_at, zone) }));
        void navigate(paths.session(session.id));
      },
    });
  return (
    <div className="grid gap-5">
      <h2 className="text-xl">{t("Is this right?")}</h2>
      <dl className="grid gap-3">
        <div>
          <dt className="text-sm text-ink-soft">{t("From")}</dt>
          <dd>
            <ZonedTime
              className="text-ink-soft line-through"
              start={session.starts_at}
              end={session.ends_at}
              zone={zone}
            />
          </dd>
        </div>
        <div>
          <Words text="<new>To</new>" parts={{ new: <dt className="text-sm text-ink-soft" /> }} />
          <dd className="text-lg font-semibold">
            <ZonedTime start={slot.starts_at} end={slot.ends_at} zone={zone} />
          </dd>
        </div>
        <div>
          <dt className="text-sm text-ink-soft">{t("If you cancel after the move")}</dt>
          <dd>
            <Afterwards session={session} slot={slot} zone={zone} />
          </dd>
        </div>
      </dl>
      {move.isError ? (
        <ErrorState error={move.error} title={t("Your session was not moved")} />
      ) : null}
      <div className="flex flex-col gap-2 sm:flex-row">
        <Button busy={move.isPending} onClick={takes}>
          {t("Move to {when}", { when: formatBrief(slot.starts_at, zone) })}
        </Button>
        {again}
      </div>
    </div>
  );
}

type AfterwardsProps = { session: SessionOut; slot: SlotOut; zone: string };

/** Moving is no way out of a late cancellation: the share of now is the most from then on. */
function Afterwards({ session, slot, zone }: AfterwardsProps) {
  const now = serverNow();
  const { policy, starts_at: startsAt, refund_cap_bps: capBps } = session;
  const share = shareAt(policy, { startsAt, now, capBps });
  const terms = policyInWords(policy, { startsAt: slot.starts_at, zone, now, capBps: share });
  return (
    <>
      {share === 0 ? t("Nothing comes back, as it is now.") : terms.join(" ")}
      {share > 0 && share < WHOLE_BPS ? (
        <span className="block text-sm text-ink-soft">
          {t("At most {share}, because that is what cancelling gives back now.", {
            share: shareOf(share),
          })}
        </span>
      ) : null}
    </>
  );
}
