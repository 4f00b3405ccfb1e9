import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { Card } from "@/components/ui/card";
import { PageHeading } from "@/components/ui/page-heading";
import { ownHoldQuery } from "@/features/booking/api/sessions";
import { fullOf, itemsOf, slotsQuery } from "@/features/booking/api/slots";
import type { BookPageProps } from "@/features/booking/components/book-page";
import { ConfirmStep } from "@/features/booking/components/confirm-step";
import { FullMeetings, GroupNote } from "@/features/booking/components/full-meetings";
import { LostSlot } from "@/features/booking/components/lost-slot";
import { PickTime } from "@/features/booking/components/pick-time";
import { Refusal } from "@/features/booking/components/refusal";
import { ONCE } from "@/features/booking/components/repeat";
import { SeriesRefusal } from "@/features/booking/components/series-refusal";
import { Terms } from "@/features/booking/components/terms";
import { useHoldSeries } from "@/features/booking/api/series";
import { useBookerAddress } from "@/features/booking/hooks/use-booker-address";
import { useHold } from "@/features/booking/hooks/use-hold";
import { rangeFor } from "@/features/booking/hooks/range";
import type { MentorDetail, SessionTypeOut, SlotOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { dayOf } from "@/lib/days";
import { t } from "@/lib/i18n";
import { mentorQuery } from "@/lib/mentors";
import { paths } from "@/lib/paths";

type BookerProps = BookPageProps & { mentor: MentorDetail };

/** From a day to a held time: pick, confirm, and what there is to do where it does not work out. */
export function Booker({ mentor, packages: Packages }: BookerProps) {
  const user = useUser();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { address, go } = useBookerAddress(user.time_zone);
  const { zone } = address;
  const [goals, setGoals] = useState("");
  const [repeat, setRepeat] = useState(ONCE);
  const series = useHoldSeries();
  const type =
    mentor.session_types.find(({ id }) => id === address.type) ?? mentor.session_types[0];
  if (type === undefined) throw new Error("The page shows no booker without session types.");

  const range = rangeFor({ address, nextFree: mentor.next_free_at });
  const asked = slotsQuery({ slug: mentor.slug, type: type.id, zone, ...range.days });
  const slots = useQuery({ ...asked, select: itemsOf });
  const full = useQuery({ ...asked, select: fullOf }).data ?? [];

  const renewed = useCallback(
    async (old: SlotOut): Promise<SlotOut | null> => {
      const [fresh, profile] = await Promise.all([
        client.query({ ...asked, staleTime: 0 }),
        client.query({ ...mentorQuery(mentor.slug), staleTime: 0 }),
      ]);
      const now = profile.session_types.find(({ id }) => id === type.id);
      const sameTerms =
        JSON.stringify([now?.price, now?.policy]) === JSON.stringify([type.price, type.policy]);
      return sameTerms
        ? (fresh.items.find((slot) => isSameStart(slot, old.starts_at)) ?? null)
        : null;
    },
    [client, asked, mentor.slug, type],
  );
  const { booking, hold, chooseAgain } = useHold(renewed);

  const heldId = booking.step === "held" ? booking.session.id : null;
  useEffect(() => {
    if (heldId !== null) void navigate(paths.pay(heldId), { replace: true });
  }, [heldId, navigate]);

  const { at } = address;
  const chosen = at === null ? undefined : slots.data?.find((slot) => isSameStart(slot, at));
  const lost = at !== null && slots.isSuccess && chosen === undefined;
  const ownHold = useQuery({ ...ownHoldQuery(mentor.slug, at ?? ""), enabled: lost });
  // Until it is known what became of the time in the address, its step stands, and cannot be sent.
  const unknown = at !== null && (slots.isPending || (lost && ownHold.isPending));
  const { reset: resetSeries } = series;
  const again = useCallback(() => {
    chooseAgain();
    resetSeries();
    void client.invalidateQueries({ queryKey: ["mentors"] });
    go({ at: null });
  }, [chooseAgain, resetSeries, client, go]);

  const slot =
    "slot" in booking ? booking.slot : (chosen ?? (unknown ? startingAt(at, type) : undefined));
  const repeats = repeat.every > 0 && type.capacity === 1;
  const holdSeries = (wanted: SlotOut, skip = false) => {
    const wish = { count: repeat.count, every_weeks: repeat.every, skip_unavailable: skip };
    series.mutate(
      { slot_token: wanted.token, goals, ...wish },
      { onSuccess: ({ id }) => void navigate(paths.series(id), { replace: true }) },
    );
  };
  const outcome =
    series.isError && slot !== undefined ? (
      <SeriesRefusal
        error={series.error}
        count={repeat.count}
        zone={zone}
        busy={series.isPending}
        onFreeOnes={() => holdSeries(slot, true)}
        onRetry={() => holdSeries(slot)}
        onChooseAgain={again}
      />
    ) : booking.step === "lost" ? (
      <LostSlot
        lost={booking.slot}
        alternatives={booking.alternatives}
        mentorName={mentor.name}
        price={type.price}
        zone={zone}
        onBook={(other) => {
          go(chosenIn(other, zone));
          void hold(other, goals);
        }}
        onChooseAgain={again}
      />
    ) : booking.step === "refused" ? (
      <Refusal
        error={booking.error}
        onRetry={() => void hold(booking.slot, goals)}
        onChooseAgain={again}
      />
    ) : null;

  const step = outcome === null ? (slot === undefined ? "pick" : "confirm") : booking.step;

  return (
    <div className="grid gap-6">
      <PageHeading title={t("Book with {name}", { name: mentor.name })} />
      <Card className="grid gap-6 p-4 sm:p-6 lg:grid-cols-[17rem_minmax(0,1fr)] lg:gap-8">
        <Terms
          mentor={mentor}
          type={type}
          zone={zone}
          brief={slot !== undefined}
          onType={(id) => {
            chooseAgain();
            go({ type: id, at: null });
          }}
          onZone={(tz) => go({ tz: tz === user.time_zone ? null : tz })}
        >
          <Packages slug={mentor.slug} type={type} key={type.id} />
        </Terms>
        <div key={step} className="min-w-0 lg:border-l lg:border-line lg:pl-8">
          {outcome ??
            (slot === undefined ? (
              <div className="grid gap-6">
                {type.capacity > 1 ? <GroupNote type={type} /> : null}
                <PickTime
                  mentor={mentor}
                  range={range}
                  slots={slots}
                  zone={zone}
                  missed={lost ? { at, own: ownHold.data ?? null } : null}
                  onDay={(date) => go({ date, at: null })}
                  onView={(view) => go({ view })}
                  onChoose={(free) => go(chosenIn(free, zone), { step: true })}
                />
                <FullMeetings type={type} full={full} zone={zone} />
              </div>
            ) : (
              <ConfirmStep
                mentor={mentor}
                type={type}
                slot={slot}
                zone={zone}
                goals={goals}
                onGoals={setGoals}
                checking={unknown}
                repeat={repeat}
                onRepeat={setRepeat}
                busy={booking.step === "holding" || booking.step === "held" || series.isPending}
                onBook={() => (repeats ? holdSeries(slot) : void hold(slot, goals))}
                onBack={again}
              />
            ))}
        </div>
      </Card>
    </div>
  );
}

/** The choice as the address holds it: the instant, and the day around it to come back to. */
function chosenIn(slot: SlotOut, zone: string): { at: string; date: string } {
  return { at: new Date(slot.starts_at).toISOString(), date: dayOf(slot.starts_at, zone) };
}

/** What the address names, before it is known whether it is free: no token holds it. */
function startingAt(at: string, type: SessionTypeOut): SlotOut {
  const ends = Date.parse(at) + type.duration_minutes * 60_000;
  return { starts_at: at, ends_at: new Date(ends).toISOString(), token: "" };
}

function isSameStart(slot: SlotOut, at: string): boolean {
  return Date.parse(slot.starts_at) === Date.parse(at);
}
