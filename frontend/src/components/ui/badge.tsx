import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const badgeVariants = cva(
  "inline-flex items-center gap-1 rounded-sm px-2 text-[0.8125rem] leading-6 font-semibold whitespace-nowrap",
  {
    variants: {
      tone: {
        info: "bg-info-bg text-info",
        success: "bg-success-bg text-success",
        warning: "bg-warning-bg text-warning",
        danger: "bg-danger-bg text-danger",
        quiet: "bg-quiet-bg text-quiet",
      },
    },
    defaultVariants: { tone: "quiet" },
  },
);

export type Tone = NonNullable<VariantProps<typeof badgeVariants>["tone"]>;

type BadgeProps = ComponentProps<"span"> & { tone?: Tone; asChild?: boolean };

/** A state as a word and a colour; never a colour alone. */
export function Badge({ className, tone, asChild = false, ...props }: BadgeProps) {
  const Root = asChild ? Slot.Root : "span";
  return <Root data-slot="badge" className={cn(badgeVariants({ tone }), className)} {...props} />;
}
