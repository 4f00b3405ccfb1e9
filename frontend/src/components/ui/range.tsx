import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A number on a scale, moved by hand or by the arrow keys. */
export function Range({ className, ...props }: Omit<ComponentProps<"input">, "type">) {
  return (
    <input
      data-slot="range"
      type="range"
      className={cn("h-8 w-full cursor-pointer accent-accent", className)}
      {...props}
    />
  );
}
