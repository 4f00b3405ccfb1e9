import { Outlet, useMatch } from "react-router";
import { ConversationList } from "@/features/messages/components/conversation-list";
import { LiveProvider } from "@/features/messages/hooks/live";
import { cn } from "@/lib/cn";
import { paths } from "@/lib/paths";

/** On a desk the list beside what is open; on a phone one after the other. */
export function MessagesLayout() {
  const isList = useMatch(paths.messages()) !== null;
  return (
    <LiveProvider>
      <div
        className={cn(
          "grid gap-6 md:h-[calc(100dvh-9rem)] md:grid-cols-[20rem_minmax(0,1fr)]",
          !isList && "h-[calc(100dvh-7rem)] sm:h-[calc(100dvh-9rem)]",
        )}
      >
        <ConversationList
          className={cn(
            "md:min-h-0 md:overflow-y-auto md:border-r md:border-line md:pr-4",
            !isList && "max-md:hidden",
          )}
          isPage={isList}
        />
        <div className={cn("min-h-0", isList && "max-md:hidden")}>
          <Outlet />
        </div>
      </div>
    </LiveProvider>
  );
}
