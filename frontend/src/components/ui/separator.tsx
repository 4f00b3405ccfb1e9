import { Separator as SeparatorPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A quiet line; `perforated` where something could be torn off. */
export function Separator({
  className,
  perforated = false,
  ...props
}: ComponentProps<typeof SeparatorPrimitive.Root> & { perforated?: boolean }) {
  return (
    <SeparatorPrimitive.Root
      data-slot="separator"
      className={cn(
        perforated ? "border-t-2 border-dashed border-line" : "h-px bg-line",
        "w-full",
        className,
      )}
      {...props}
    />
  );
}
