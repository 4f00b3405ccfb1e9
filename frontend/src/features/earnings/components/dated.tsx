import { cn } from "@/lib/cn";
import { formatInstant } from "@/lib/time";

type DatedProps = { at: string; zone: string; className?: string };

// What is kept is read in other years: measured from this one, the year is always written.
const LONG_AGO = new Date(0);

/** "Tue 24 Nov 2026, 18:00 London", also in that very year. */
export function Dated({ at, zone, className }: DatedProps) {
  return (
    <time dateTime={at} className={cn("tabular", className)}>
      {formatInstant(at, zone, LONG_AGO)}
    </time>
  );
}
