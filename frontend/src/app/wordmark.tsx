import { cn } from "@/lib/cn";

/** The name beside its mark: a ticket, torn where the stub begins. */
export function Wordmark({ className }: { className?: string }) {
  return (
    <span
      className={cn("inline-flex items-center gap-2.5 font-serif text-xl font-semibold", className)}
    >
      <svg viewBox="0 0 24 24" className="size-7" aria-hidden="true">
        <rect x="1" y="4" width="22" height="16" rx="3.5" className="fill-stamp" />
        <path d="M15.5 4v16" className="stroke-paper" strokeWidth="1.6" strokeDasharray="2 2" />
        <circle cx="15.5" cy="4" r="2" className="fill-paper" />
        <circle cx="15.5" cy="20" r="2" className="fill-paper" />
      </svg>
      Counterfoil
    </span>
  );
}
