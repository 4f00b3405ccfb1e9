import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

type ProgressBarProps = Omit<ComponentProps<"progress">, "value" | "max"> & { percent: number };

/** How far something is, 0 to 100; name it by `aria-labelledby` or `aria-label`. */
export function ProgressBar({ percent, className, ...props }: ProgressBarProps) {
  return (
    <progress
      data-slot="progress-bar"
      className={cn(
        "h-2 w-full appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent",
        className,
      )}
      value={percent}
      max={100}
      {...props}
    />
  );
}
