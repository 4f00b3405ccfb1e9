import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** The recurring object: a body, and behind the perforation its stub. Drawn by ticket.css. */
export function Ticket({
  className,
  asChild = false,
  ...props
}: ComponentProps<"div"> & { asChild?: boolean }) {
  const Root = asChild ? Slot.Root : "div";
  return <Root data-slot="ticket" className={cn("ticket", className)} {...props} />;
}

export function TicketBody({ className, ...props }: ComponentProps<"div">) {
  return <div data-slot="ticket-body" className={cn("ticket__body", className)} {...props} />;
}

export function TicketStub({ className, ...props }: ComponentProps<"div">) {
  return <div data-slot="ticket-stub" className={cn("ticket__stub", className)} {...props} />;
}
