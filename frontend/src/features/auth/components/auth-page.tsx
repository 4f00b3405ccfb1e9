import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { PageHeading } from "@/components/ui/page-heading";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";

type AuthPageProps = {
  title: string;
  intro?: ReactNode;
  /** The way elsewhere, on the stub. */
  aside?: ReactNode;
  children: ReactNode;
};

/** A sheet with one form, and behind the perforation the way to the other one. */
export function AuthPage({ title, intro, aside, children }: AuthPageProps) {
  const sheet = (
    <>
      <div className="grid gap-2">
        <PageHeading title={title} />
        {intro ? <p className="text-ink-soft">{intro}</p> : null}
      </div>
      {children}
    </>
  );
  if (!aside) return <Card className="grid gap-5 sm:p-8">{sheet}</Card>;
  return (
    <Ticket>
      <TicketBody className="grid gap-5 sm:p-8">{sheet}</TicketBody>
      <TicketStub className="text-center text-[0.9375rem]">{aside}</TicketStub>
    </Ticket>
  );
}
