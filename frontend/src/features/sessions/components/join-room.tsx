import { Video } from "lucide-react";
import { useId } from "react";
import { Alert } from "@/components/ui/alert";
import { Anchor } from "@/components/ui/anchor";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Words } from "@/components/words";
import { useJoin } from "@/features/sessions/api/sessions";
import type { SessionOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { cityOf, formatDay, formatInstant, formatTime } from "@/lib/time";
import { useServerTime } from "@/lib/use-server-time";

type Room = NonNullable<SessionOut["room"]>;

/** The way into the session's room: from when, while it is open the door, and then nothing. */
export function JoinRoom({ session }: { session: SessionOut }) {
  return session.room === null ? null : <Door session={session} room={session.room} />;
}

function Door({ session, room }: { session: SessionOut; room: Room }) {
  const now = useServerTime([room.opens_at, room.closes_at]);
  const hint = useId();
  const join = useJoin(session.id);
  if (now >= Date.parse(room.closes_at)) return null;

  const isOpen = now >= Date.parse(room.opens_at);
  const enter = () => {
    // Opened by the click itself: a browser lets no page open one later.
    const tab = window.open("", "_blank");
    if (tab !== null) tab.opener = null;
    join.mutate(tab);
  };
  return (
    <section aria-label={t("Video room")} className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button disabled={!isOpen} busy={join.isPending} aria-describedby={hint} onClick={enter}>
          <Video aria-hidden="true" />
          {t("Join")}
        </Button>
        <p id={hint} role="status" className="tabular text-sm text-ink-soft">
          {isOpen
            ? t("The room is open until {time} {city}.", {
                time: formatTime(room.closes_at, session.time_zone),
                city: cityOf(session.time_zone),
              })
            : opening(session.time_zone, room.opens_at, now)}
        </p>
      </div>
      {join.isError ? (
        <ErrorState
          error={join.error}
          title={t("The room could not be opened")}
          onRetry={enter}
          retrying={join.isPending}
        />
      ) : null}
      {join.data?.isOpened === false ? (
        <Alert tone="warning" title={t("Your browser opened no new tab")}>
          <p>
            <Words
              text="<room>Open the room</room> by this link, or allow this site to open tabs."
              parts={{ room: <Anchor href={join.data.url} target="_blank" rel="noreferrer" /> }}
            />
          </p>
        </Alert>
      ) : null}
    </section>
  );
}

/** "… at 14:50 London" today, "… on Tue 24 Nov, 14:50 London" on another day. */
function opening(zone: string, at: string, now: number): string {
  const isToday = formatDay(at, zone) === formatDay(new Date(now), zone);
  return isToday
    ? t("The room opens at {time} {city}.", { time: formatTime(at, zone), city: cityOf(zone) })
    : t("The room opens on {when}.", { when: formatInstant(at, zone) });
}

/** In a list: that the room is open now. */
export function RoomIsOpen({ room }: { room: Room }) {
  const now = useServerTime([room.opens_at, room.closes_at]);
  if (now < Date.parse(room.opens_at) || now >= Date.parse(room.closes_at)) return null;
  return (
    <span className="text-sm text-accent underline underline-offset-4">
      {t("The room is open")}
    </span>
  );
}
