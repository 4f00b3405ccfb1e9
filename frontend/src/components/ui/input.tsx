import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export const controlClasses =
  "w-full min-w-0 rounded-md border border-line-strong bg-card px-3 text-base text-ink placeholder:text-ink-soft hover:border-ink disabled:opacity-60 aria-invalid:border-danger";

export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return (
    <input
      data-slot="input"
      type={type}
      className={cn(controlClasses, "h-11", className)}
      {...props}
    />
  );
}
