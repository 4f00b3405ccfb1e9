import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Confirm } from "@/app/moving/confirm";
import { PickSlot } from "@/app/moving/pick-slot";
import { BackLink } from "@/components/ui/back-link";
import { Alert } from "@/components/ui/alert";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { ZonedTime } from "@/components/ui/zoned-time";
import { Words } from "@/components/words";
import { useBookerAddress } from "@/features/booking/hooks/use-booker-address";
import { useMove } from "@/features/sessions/api/moving";
import type { SessionOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { isMentorOf, sessionQuery } from "@/lib/sessions";

/** A client chooses another time for their session; day and time lie in the address. */
export function MovePage({ sessionId }: { sessionId: string }) {
  const session = useQuery(sessionQuery(sessionId));
  return (
    <div className="mx-auto grid max-w-4xl gap-6">
      <BackLink to={paths.session(sessionId)}>{t("The session")}</BackLink>
      <PageHeading title={t("Move your session")} />
      {session.data ? (
        <Moving session={session.data} />
      ) : session.isError ? (
        <ErrorState error={session.error} onRetry={() => void session.refetch()} />
      ) : (
        <Loading what={t("the session")} className="grid gap-6">
          <Skeleton className="h-20" />
          <Skeleton className="h-96 rounded-lg" />
        </Loading>
      )}
    </div>
  );
}

function Moving({ session }: { session: SessionOut }) {
  const reader = useUser();
  const { address, go } = useBookerAddress(reader.time_zone);
  const move = useMove(session.id);
  // Once it has moved this page is done, whether or not it could move again.
  const why = move.isSuccess ? null : whyNot(session, isMentorOf(session, reader));
  if (why !== null) {
    return (
      <Alert tone="info" title={t("This session cannot be moved here")}>
        <p>
          {why}{" "}
          <Words
            text="<back>Go back to the session</back>."
            parts={{ back: <Link to={paths.session(session.id)} /> }}
          />
        </p>
      </Alert>
    );
  }
  return (
    <>
      <div className="grid gap-1">
        <p>
          <Words
            text="{session} with {name}, now <time/>"
            values={{ session: session.session_type.name, name: session.mentor.name }}
            parts={{
              time: (
                <ZonedTime
                  className="font-medium"
                  start={session.starts_at}
                  end={session.ends_at}
                  zone={session.mentor.time_zone}
                  yours={reader.time_zone}
                />
              ),
            }}
          />
        </p>
        <p className="text-ink-soft">
          {movesLeft(session.moves_left)} {t("What you paid stays as it is.")}
        </p>
      </div>
      <Card>
        {address.at === null ? (
          <PickSlot
            session={session}
            address={address}
            onDay={(date) => go({ date })}
            onChoose={(slot) => go({ at: slot.starts_at }, { step: true })}
          />
        ) : (
          <Confirm
            key={address.at}
            session={session}
            zone={address.zone}
            at={address.at}
            move={move}
            onChange={(slot) => {
              move.reset();
              go({ at: slot?.starts_at ?? null });
            }}
          />
        )}
      </Card>
    </>
  );
}

/** "You may move it once more." */
function movesLeft(count: number): string {
  return count === 1 ? t("You may move it once more.") : t("You may move it twice.");
}

function whyNot(session: SessionOut, asMentor: boolean): string | null {
  if (asMentor) return t("Its client moves it; you propose another time on the session’s page.");
  if (session.status !== "confirmed") return t("Only a confirmed session moves.");
  if (Date.parse(session.starts_at) <= serverNow()) return t("It has begun.");
  if (session.moves_left === 0) {
    return t("You have moved it as often as possible. Ask {name} to propose a time.", {
      name: session.mentor.name,
    });
  }
  return null;
}
