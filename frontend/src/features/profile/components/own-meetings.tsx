import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { meetingsQuery } from "@/features/profile/api/selling";
import { GroupForm, MeetingForm, WithdrawForm } from "@/features/profile/components/group-forms";
import type { MeetingOut, OwnOffer } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { t, tn } from "@/lib/i18n";
import { formatInstant } from "@/lib/time";

type Doing = "group" | "meeting" | null;

/** Meetings of groups, the latest first: seats that are taken, and one more or one less. */
export function OwnMeetings({ types }: { types: readonly OwnOffer[] }) {
  const meetings = useInfiniteQuery(meetingsQuery);
  const [doing, setDoing] = useState<Doing>(null);
  const groups = types.filter(({ capacity, active }) => capacity > 1 && active);
  const items = meetings.data?.pages.flatMap((page) => page.items) ?? [];
  const close = () => setDoing(null);
  return (
    <section aria-labelledby="meetings" className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="meetings" className="text-xl">
          {t("Group meetings")}
        </h2>
        <span className="flex flex-wrap gap-2">
          <Button variant="secondary" size="sm" onClick={() => setDoing("group")}>
            {t("Make a group")}
          </Button>
          {groups.length > 0 ? (
            <Button size="sm" onClick={() => setDoing("meeting")}>
              <Plus aria-hidden="true" />
              {t("Offer a meeting")}
            </Button>
          ) : null}
        </span>
      </div>
      {meetings.isPending ? (
        <Loading what={t("your meetings")}>
          <Skeleton className="h-24" />
        </Loading>
      ) : meetings.data === undefined ? (
        <ErrorState
          error={meetings.error}
          title={t("Your meetings could not be read")}
          onRetry={() => void meetings.refetch()}
          retrying={meetings.isFetching}
        />
      ) : items.length === 0 ? (
        <EmptyState title={t("No group meetings yet")}>
          {t("Make a group first: its name, length, seats and price. Then offer its meetings.")}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {items.map((meeting) => (
            <li key={meeting.id}>
              <Row
                meeting={meeting}
                name={types.find(({ id }) => id === meeting.session_type)?.name ?? ""}
              />
            </li>
          ))}
        </ul>
      )}
      {meetings.hasNextPage ? (
        <Button
          variant="secondary"
          className="justify-self-start"
          busy={meetings.isFetchingNextPage}
          onClick={() => void meetings.fetchNextPage()}
        >
          {t("Show earlier meetings")}
        </Button>
      ) : null}
      <Dialog open={doing === "group"} onOpenChange={close}>
        <DialogContent
          title={t("Make a group")}
          description={t(
            "Clients book and pay one seat each. Without the fewest seats, a meeting is called off a day before and everybody gets everything back.",
          )}
        >
          {doing === "group" ? (
            <GroupForm currency={types[0]?.price.currency ?? "USD"} onDone={close} />
          ) : null}
        </DialogContent>
      </Dialog>
      <Dialog open={doing === "meeting"} onOpenChange={close}>
        <DialogContent title={t("Offer a meeting")}>
          {doing === "meeting" ? <MeetingForm groups={groups} onDone={close} /> : null}
        </DialogContent>
      </Dialog>
    </section>
  );
}

function standing(meeting: MeetingOut): { words: string; tone: Tone } {
  if (meeting.status === "withdrawn") return { words: t("Withdrawn"), tone: "quiet" };
  if (meeting.status === "decided") return { words: t("Takes place"), tone: "success" };
  return { words: t("Offered"), tone: "info" };
}

function Row({ meeting, name }: { meeting: MeetingOut; name: string }) {
  const { time_zone: zone } = useUser();
  const [ending, setEnding] = useState(false);
  const when = formatInstant(meeting.starts_at, zone);
  const { words, tone } = standing(meeting);
  const ahead = Date.parse(meeting.starts_at) > serverNow() && meeting.status !== "withdrawn";
  const taken = meeting.capacity - meeting.seats_left;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <span className="min-w-0">
        <span className="font-medium">{name}</span>
        <time dateTime={meeting.starts_at} className="tabular block text-sm">
          {when}
        </time>
        {meeting.status === "withdrawn" ? null : (
          <span className="tabular block text-sm text-ink-soft">
            {t("{taken} of {all} seats taken", { taken, all: meeting.capacity })}
            {meeting.waiting > 0
              ? `, ${tn(meeting.waiting, "{count} waits", "{count} wait")}`
              : null}
          </span>
        )}
      </span>
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{words}</Badge>
        {ahead ? (
          <Button
            variant="secondary"
            size="sm"
            aria-label={t("Withdraw: {name}, {when}", { name, when })}
            onClick={() => setEnding(true)}
          >
            {t("Withdraw")}
          </Button>
        ) : null}
      </span>
      <Dialog open={ending} onOpenChange={setEnding}>
        <DialogContent
          title={t("Withdraw this meeting?")}
          description={t("{name}, {when}", { name, when })}
        >
          {ending ? <WithdrawForm id={meeting.id} onDone={() => setEnding(false)} /> : null}
        </DialogContent>
      </Dialog>
    </div>
  );
}
