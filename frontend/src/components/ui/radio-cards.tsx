import { RadioGroup } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

/** A choice of few, each with room to explain itself. Label the group by `aria-label(ledby)`. */
export function RadioCards({ className, ...props }: ComponentProps<typeof RadioGroup.Root>) {
  return (
    <RadioGroup.Root data-slot="radio-cards" className={cn("grid gap-2", className)} {...props} />
  );
}

type RadioCardProps = Omit<ComponentProps<typeof RadioGroup.Item>, "title"> & {
  title: ReactNode;
  children?: ReactNode;
};

export function RadioCard({ className, title, children, ...props }: RadioCardProps) {
  return (
    <RadioGroup.Item
      data-slot="radio-card"
      className={cn(
        "group flex min-h-11 gap-3 rounded-md border border-line-strong bg-card p-3 text-left hover:border-ink data-[state=checked]:border-accent data-[state=checked]:bg-accent-wash data-[state=checked]:ring-1 data-[state=checked]:ring-accent",
        className,
      )}
      {...props}
    >
      <span
        aria-hidden="true"
        className="mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full border border-line-strong bg-card group-data-[state=checked]:border-accent"
      >
        <RadioGroup.Indicator className="size-2.5 rounded-full bg-accent" />
      </span>
      <span className="grid min-w-0 flex-1 gap-0.5">
        <span className="font-semibold">{title}</span>
        {children ? <span className="text-sm text-ink-soft">{children}</span> : null}
      </span>
    </RadioGroup.Item>
  );
}
