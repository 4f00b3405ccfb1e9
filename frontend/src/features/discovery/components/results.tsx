import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { MentorTicket } from "@/features/discovery/components/mentor-ticket";
import type { MentorPage } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import { msg, t } from "@/lib/i18n";
import { listed } from "@/lib/words";

type ResultsProps = {
  pages: readonly MentorPage[];
  /** They answer the filters before; the new answer is on its way. */
  stale: boolean;
  onClear: () => void;
  more: { load: () => void; loading: boolean; error: Error | null } | null;
};

export function Results({ pages, stale, onClear, more }: ResultsProps) {
  const mentors = pages.flatMap((page) => page.items);
  const relaxed = pages[0]?.relaxed ?? [];
  if (mentors.length === 0) {
    return (
      <EmptyState
        title={t("No mentors yet")}
        action={<Button onClick={onClear}>{t("Clear the filters")}</Button>}
      >
        {t("Mentors appear here as soon as a profile is published.")}
      </EmptyState>
    );
  }
  return (
    <>
      {relaxed.length > 0 ? <Relaxed families={relaxed} onClear={onClear} /> : null}
      <ul
        aria-label={t("Mentors")}
        aria-busy={stale}
        className={cn("tickets grid gap-4 transition-opacity", stale && "opacity-60")}
      >
        {mentors.map((mentor) => (
          <li key={mentor.slug}>
            <MentorTicket mentor={mentor} />
          </li>
        ))}
      </ul>
      {more?.error ? (
        <ErrorState
          error={more.error}
          title={t("The next mentors could not be loaded")}
          onRetry={more.load}
          retrying={more.loading}
        />
      ) : more ? (
        <Button
          variant="secondary"
          busy={more.loading}
          onClick={more.load}
          className="justify-self-center"
        >
          {t("Show more mentors")}
        </Button>
      ) : null}
    </>
  );
}

const FAMILIES: Record<string, string> = {
  free: msg("the free time"),
  duration: msg("the length"),
  language: msg("the language"),
  location: msg("the place"),
  price: msg("the price"),
  currency: msg("the currency"),
  rating: msg("the rating"),
  q: msg("the words"),
};

function Relaxed({ families, onClear }: { families: readonly string[]; onClear: () => void }) {
  const dropped = families.map((family) => t(FAMILIES[family] ?? family));
  return (
    <Alert tone="info" title={t("Nobody fits all of it")}>
      <p>{t("These mentors are the nearest: we left out {list}.", { list: listed(dropped) })}</p>
      <Button variant="link" size="inline" className="mt-1 text-accent" onClick={onClear}>
        {t("Clear all filters")}
      </Button>
    </Alert>
  );
}

export function ResultsSkeleton() {
  return (
    <Loading what={t("the mentors")} className="tickets grid gap-4">
      {[0, 1, 2, 3].map((row) => (
        <Ticket key={row} className="ticket--wide">
          <TicketBody className="flex min-h-44 gap-4">
            <Skeleton className="size-16 shrink-0 rounded-md" />
            <div className="grid flex-1 content-start gap-3">
              <Skeleton className="h-6 w-44" />
              <Skeleton className="h-5 w-full max-w-sm" />
              <Skeleton className="h-6 w-64 max-w-full" />
              <Skeleton className="h-5 w-52 max-w-full" />
            </div>
          </TicketBody>
          <TicketStub className="grid content-center gap-3">
            <Skeleton className="h-7 w-28" />
            <Skeleton className="h-10 w-36" />
          </TicketStub>
        </Ticket>
      ))}
    </Loading>
  );
}
