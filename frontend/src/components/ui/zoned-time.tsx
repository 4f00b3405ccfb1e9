import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { formatInstant, formatSpan } from "@/lib/time";

type ZonedTimeProps = Omit<ComponentProps<"time">, "dateTime" | "children"> & {
  start: string;
  end?: string;
  zone: string;
  /** The reader's own zone, added where its clock shows another time. */
  yours?: string;
};

/** "Tue 24 Nov, 18:00 – 19:00 London, 13:00 yours" */
export function ZonedTime({ start, end, zone, yours, className, ...props }: ZonedTimeProps) {
  return (
    <time data-slot="zoned-time" dateTime={start} className={cn("tabular", className)} {...props}>
      {end === undefined ? formatInstant(start, zone) : formatSpan({ start, end, zone, yours })}
    </time>
  );
}
