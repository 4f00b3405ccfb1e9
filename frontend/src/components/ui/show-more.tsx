import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";

type ShowMoreProps = {
  /** A list that is read page by page. */
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  children: string;
  className?: string;
};

/** Below a list: reads its next page, and is gone where there is none. */
export function ShowMore({ list, children, className }: ShowMoreProps) {
  if (!list.hasNextPage) return null;
  return (
    <Button
      variant="secondary"
      className={cn("justify-self-start", className)}
      busy={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {children}
    </Button>
  );
}
