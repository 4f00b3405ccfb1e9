import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { calendarsQuery, feedQuery } from "@/features/availability/api/calendars";
import { AddCalendar } from "@/features/availability/components/add-calendar";
import { CalendarRow } from "@/features/availability/components/calendar-row";
import { FeedCard } from "@/features/availability/components/feed-card";
import { Section } from "@/features/availability/components/parts";
import type { CalendarList } from "@/lib/api-types";
import { t } from "@/lib/i18n";

/** Calendars in, whose times are not offered, and the own calendar out. */
export function CalendarsTab() {
  const [adding, setAdding] = useState(false);
  const [said, setSaid] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  const calendars = useQuery(calendarsQuery);
  const feed = useQuery(feedQuery);
  // Both at once: the upper one would push the lower one down.
  if (calendars.isPending || feed.isPending) {
    return (
      <Loading what={t("your calendars")} className="grid gap-5">
        <Skeleton className="h-72" />
        <Skeleton className="h-72" />
      </Loading>
    );
  }
  return (
    <div className="grid gap-5">
      <p role="status" className="sr-only">
        {said}
      </p>
      <Section
        title={t("Your other calendars")}
        about={t(
          "What stands in them is not offered to clients. We read when you are busy, and show nobody with what.",
        )}
      >
        <List
          calendars={calendars}
          onRemoved={(name) => {
            setSaid(t("{name} is removed.", { name }));
            button.current?.focus();
          }}
        />
        <Button
          ref={button}
          variant="secondary"
          className="justify-self-start"
          onClick={() => setAdding(true)}
        >
          <Plus aria-hidden="true" />
          {t("Add a calendar")}
        </Button>
      </Section>
      <FeedCard feed={feed} />
      <AddCalendar
        open={adding}
        onClose={() => setAdding(false)}
        onAdded={(name) => setSaid(t("{name} is added, and is being read.", { name }))}
        onGone={() => button.current?.focus()}
      />
    </div>
  );
}

type ListProps = {
  calendars: UseQueryResult<CalendarList>;
  onRemoved: (name: string) => void;
};

function List({ calendars, onRemoved }: ListProps) {
  if (calendars.data === undefined) {
    return (
      <ErrorState
        error={calendars.error}
        title={t("Your calendars could not be read")}
        onRetry={() => void calendars.refetch()}
        retrying={calendars.isFetching}
      />
    );
  }
  const { items } = calendars.data;
  if (items.length === 0) {
    return (
      <EmptyState title={t("No other calendar yet")}>
        {t("Add one, and clients are not offered times at which you are busy elsewhere.")}
      </EmptyState>
    );
  }
  return (
    <ul className="grid gap-4" aria-label={t("Your other calendars")}>
      {items.map((calendar) => (
        <li key={calendar.id} className="rounded-md border border-line p-4">
          <CalendarRow calendar={calendar} onRemoved={() => onRemoved(calendar.name)} />
        </li>
      ))}
    </ul>
  );
}
