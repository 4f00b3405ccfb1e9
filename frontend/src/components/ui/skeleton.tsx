import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";

/** Stands where something will be, in its final size. Silent: its list says that it loads. */
export function Skeleton({ className, ...props }: ComponentProps<"span">) {
  return (
    <span
      data-slot="skeleton"
      aria-hidden="true"
      className={cn("block animate-pulse rounded-sm bg-quiet-bg", className)}
      {...props}
    />
  );
}

/** Says to everybody that `what` is being loaded, around its skeletons. */
export function Loading({
  what,
  className,
  children,
  ...props
}: ComponentProps<"div"> & { what: string }) {
  return (
    <div data-slot="loading" role="status" aria-busy="true" className={className} {...props}>
      <span className="sr-only">{t("Loading {what} …", { what })}</span>
      {children}
    </div>
  );
}
