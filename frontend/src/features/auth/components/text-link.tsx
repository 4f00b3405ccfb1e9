import type { ComponentProps } from "react";
import { Link } from "react-router";
import { cn } from "@/lib/cn";

/** A link inside of text, tall enough for a thumb. */
export function TextLink({ className, ...props }: ComponentProps<typeof Link>) {
  return (
    <Link
      className={cn(
        "inline-flex min-h-6 items-center font-medium text-accent underline underline-offset-4 hover:no-underline",
        className,
      )}
      {...props}
    />
  );
}
