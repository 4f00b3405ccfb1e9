import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

type EmptyStateProps = {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
};

/** What would be here, and how to get it. */
export function EmptyState({ title, children, action, className }: EmptyStateProps) {
  return (
    <div
      data-slot="empty-state"
      className={cn(
        "grid justify-items-center gap-3 rounded-lg border-2 border-dashed border-line px-6 py-10 text-center",
        className,
      )}
    >
      <p className="font-serif text-xl font-semibold">{title}</p>
      {children ? <div className="max-w-prose text-ink-soft">{children}</div> : null}
      {action ? <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
