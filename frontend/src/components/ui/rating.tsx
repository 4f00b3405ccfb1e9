import { Star } from "lucide-react";
import { cn } from "@/lib/cn";

type RatingProps = { value: number | null; count?: number; className?: string };

/** "★ 4.8 (31 reviews)", or that there is none yet. */
export function Rating({ value, count, className }: RatingProps) {
  if (value === null) {
    return <span className={cn("text-sm text-ink-soft", className)}>No reviews yet</span>;
  }
  return (
    <span className={cn("inline-flex items-center gap-1 text-sm whitespace-nowrap", className)}>
      <Star aria-hidden="true" className="size-4 fill-stamp text-stamp" />
      <span className="tabular font-semibold">
        <span className="sr-only">Rated </span>
        {value.toFixed(1)}
        <span className="sr-only"> of 5</span>
      </span>
      {count === undefined ? null : (
        <span className="text-ink-soft">
          ({count} {count === 1 ? "review" : "reviews"})
        </span>
      )}
    </span>
  );
}
