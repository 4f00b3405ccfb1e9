import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, NavLink } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Words } from "@/components/words";
import { conversationsQuery } from "@/features/messages/api/conversations";
import { useUser } from "@/lib/auth";
import type { ConversationOut } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatDay, formatTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";

type ConversationListProps = {
  className?: string;
  /** Whether it is the page itself, or lies beside an open conversation. */
  isPage: boolean;
};

/** With whom the reader writes, the newest message first, and what waits unread. */
export function ConversationList({ className, isPage }: ConversationListProps) {
  return (
    <section aria-label={t("Conversations")} className={cn("grid content-start gap-4", className)}>
      {isPage ? (
        <PageHeading title={t("Messages")} />
      ) : (
        <p className="font-serif text-2xl font-semibold">{t("Messages")}</p>
      )}
      <Rows />
    </section>
  );
}

function Rows() {
  const conversations = useInfiniteQuery(conversationsQuery);
  if (conversations.isPending) {
    return (
      <Loading what={t("conversations")} className="grid gap-2">
        {[0, 1, 2].map((place) => (
          <Skeleton key={place} className="h-19 rounded-md" />
        ))}
      </Loading>
    );
  }
  if (conversations.data === undefined) {
    return <ErrorState error={conversations.error} onRetry={() => void conversations.refetch()} />;
  }
  const items = conversations.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <NoConversations />;
  return (
    <>
      <ul className="grid gap-1">
        {items.map((item) => (
          <li key={item.id}>
            <Row item={item} />
          </li>
        ))}
      </ul>
      {conversations.hasNextPage ? (
        <Button
          variant="secondary"
          busy={conversations.isFetchingNextPage}
          onClick={() => void conversations.fetchNextPage()}
        >
          {t("Show more conversations")}
        </Button>
      ) : null}
    </>
  );
}

function Row({ item }: { item: ConversationOut }) {
  const { time_zone: zone } = useUser();
  const now = useNow();
  const isToday = formatDay(item.last_sent_at, zone) === formatDay(now, zone);
  return (
    <NavLink
      to={paths.conversation(item.id)}
      className={({ isActive }) =>
        cn(
          "grid min-h-19 grid-cols-[minmax(0,1fr)_auto] content-center gap-x-3 gap-y-0.5 rounded-md px-3 py-2.5 hover:bg-sunk",
          isActive && "bg-accent-wash",
        )
      }
    >
      <span className={cn("truncate", item.unread > 0 ? "font-semibold" : "font-medium")}>
        {item.with_name}
      </span>
      <time dateTime={item.last_sent_at} className="tabular text-sm text-ink-soft">
        {isToday ? formatTime(item.last_sent_at, zone) : formatDay(item.last_sent_at, zone)}
      </time>
      <span className="truncate text-[0.9375rem] text-ink-soft">
        {item.last_mine ? t("You: {text}", { text: item.last_text }) : item.last_text}
      </span>
      {item.unread > 0 ? (
        <span className="tabular min-w-5 justify-self-end rounded-full bg-accent px-1.5 text-center text-xs leading-5 font-semibold text-accent-ink">
          <Words
            text="{count}<more> unread</more>"
            values={{ count: item.unread }}
            parts={{ more: <span className="sr-only" /> }}
          />
        </span>
      ) : null}
    </NavLink>
  );
}

function NoConversations() {
  const { can_book: canBook } = useUser();
  if (!canBook) {
    return (
      <EmptyState title={t("No messages yet")}>
        {t("Clients who have a question before they book write to you here.")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={t("No messages yet")}
      action={
        <Button asChild>
          <Link to={paths.mentors()}>{t("Find a mentor")}</Link>
        </Button>
      }
    >
      {t("Ask a mentor a question before you book: each one’s page has a button for it.")}
    </EmptyState>
  );
}
