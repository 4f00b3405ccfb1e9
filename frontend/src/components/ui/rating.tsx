import { Star } from "lucide-react";
import { Words } from "@/components/words";
import { cn } from "@/lib/cn";
import { oneDigit } from "@/lib/figures";
import { t, tn } from "@/lib/i18n";

type RatingProps = { value: number | null; count?: number; className?: string };

/** "★ 4.8 (31 reviews)", or that there is none yet. */
export function Rating({ value, count, className }: RatingProps) {
  if (value === null) {
    return <span className={cn("text-sm text-ink-soft", className)}>{t("No reviews yet")}</span>;
  }
  return (
    <span className={cn("inline-flex items-center gap-1 text-sm whitespace-nowrap", className)}>
      <Star aria-hidden="true" className="size-4 fill-stamp text-stamp" />
      <span className="tabular font-semibold">
        <Words
          text="<before>Rated </before>{rating}<after> of 5</after>"
          values={{ rating: oneDigit(value) }}
          parts={{ before: <span className="sr-only" />, after: <span className="sr-only" /> }}
        />
      </span>
      {count === undefined ? null : (
        <span className="text-ink-soft">({tn(count, "{count} review", "{count} reviews")})</span>
      )}
    </span>
  );
}
