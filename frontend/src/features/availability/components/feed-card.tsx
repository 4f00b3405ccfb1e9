import type { UseQueryResult } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { useCloseFeed, useMakeFeed } from "@/features/availability/api/calendars";
import { ConfirmDialog } from "@/features/availability/components/confirm-dialog";
import { FeedAddress } from "@/features/availability/components/feed-address";
import { Section } from "@/features/availability/components/parts";
import type { CalendarFeedOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { msg, t } from "@/lib/i18n";
import { formatInstant } from "@/lib/time";

/** The own sessions for a calendar elsewhere, under a secret address. */
export function FeedCard({ feed }: { feed: UseQueryResult<CalendarFeedOut> }) {
  return (
    <Section
      title={t("Your sessions in another calendar")}
      about={t(
        "Subscribe to an address in the calendar that you use, and your sessions stand there too, always as they are now.",
      )}
    >
      {feed.data === undefined ? (
        <ErrorState
          error={feed.error}
          title={t("Whether there is an address could not be read")}
          onRetry={() => void feed.refetch()}
          retrying={feed.isFetching}
        />
      ) : (
        <Feed feed={feed.data} />
      )}
    </Section>
  );
}

type Wish = "renew" | "close";

const CONFIRM = {
  renew: {
    title: msg("Make a new address?"),
    about: msg(
      "The address that you have is good for nothing from then on: calendars that subscribe to it need the new one.",
    ),
    action: msg("Make a new one"),
  },
  close: {
    title: msg("Close the address?"),
    about: msg(
      "Calendars that subscribe to it get nothing more. You can make another at any time.",
    ),
    action: msg("Close it"),
  },
} as const;

function Feed({ feed }: { feed: CalendarFeedOut }) {
  const { time_zone: zone } = useUser();
  const make = useMakeFeed();
  const close = useCloseFeed();
  const [wish, setWish] = useState<Wish | null>(null);
  const [last, setLast] = useState<Wish>("renew");
  const place = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const deed = last === "renew" ? make : close;
  const ask = (wanted: Wish) => {
    setWish(wanted);
    setLast(wanted);
  };
  const done = () => setWish(null);
  const confirm = () => {
    const closed = () => {
      make.reset();
      done();
    };
    if (last === "renew") make.mutate(undefined, { onSuccess: done });
    else close.mutate(undefined, { onSuccess: closed });
  };
  return (
    <div ref={place} tabIndex={-1} aria-labelledby={titleId} role="group" className="grid gap-4">
      <p id={titleId} className="flex flex-wrap items-center gap-2 font-medium">
        {feed.active ? t("Your calendar has an address") : t("Your calendar has no address")}
        <Badge tone={feed.active ? "success" : "quiet"}>
          {feed.active ? t("Open") : t("Closed")}
        </Badge>
      </p>
      <Alert tone="info" title={t("The address is secret")}>
        {t(
          "Whoever has it reads when you have sessions and with whom. Give it to nobody, and make a new one if somebody may have seen it.",
        )}
      </Alert>
      {feed.active && make.data !== undefined ? <FeedAddress made={make.data} /> : null}
      {feed.active && make.data === undefined ? (
        <p className="text-ink-soft">
          {feed.created_at === null
            ? null
            : `${t("Made {time}.", { time: formatInstant(feed.created_at, zone) })} `}
          {t("It was shown once and is not kept. If you do not have it any more, make a new one.")}
        </p>
      ) : null}
      {make.isError && wish === null ? (
        <ErrorState error={make.error} title={t("No address was made")} />
      ) : null}
      <div className="flex flex-wrap gap-2">
        {feed.active ? (
          <>
            <Button variant="secondary" onClick={() => ask("renew")}>
              {t("Make a new address")}
            </Button>
            <Button variant="ghost" onClick={() => ask("close")}>
              {t("Close the address")}
            </Button>
          </>
        ) : (
          <Button
            busy={make.isPending}
            onClick={() => make.mutate(undefined, { onSuccess: () => place.current?.focus() })}
          >
            {t("Make an address")}
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={wish !== null}
        title={t(CONFIRM[last].title)}
        about={t(CONFIRM[last].about)}
        action={t(CONFIRM[last].action)}
        busy={deed.isPending}
        error={wish === null ? null : deed.error}
        onConfirm={confirm}
        onClose={done}
        onGone={() => place.current?.focus()}
      />
    </div>
  );
}
