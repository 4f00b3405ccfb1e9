import { cn } from "@/lib/cn";

/** The name beside its mark: a ticket and its stub (the same as templates/_mark.html). */
export function Wordmark({ className }: { className?: string }) {
  return (
    <span
      className={cn("inline-flex items-center gap-2.5 font-serif text-xl font-semibold", className)}
    >
      <svg viewBox="0 0 24 24" className="size-7" aria-hidden="true">
        <path
          className="fill-ink"
          d="M5 4h8.5v1.7a1.3 1.3 0 0 0 0 2.6v2.4a1.3 1.3 0 0 0 0 2.6v2.4a1.3 1.3 0 0 0 0 2.6V20H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3Z"
        />
        <path
          className="fill-stamp"
          d="M19 4a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3h-3.9v-1.7a1.3 1.3 0 0 0 0-2.6v-2.4a1.3 1.3 0 0 0 0-2.6V8.3a1.3 1.3 0 0 0 0-2.6V4Z"
        />
      </svg>
      Counterfoil
    </span>
  );
}
