import { Link } from "react-router";
import { SessionFacts } from "@/components/session/session-facts";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { OtherTimes } from "@/features/checkout/components/other-times";
import { useUser } from "@/lib/auth";
import type { SessionOut } from "@/lib/api-types";
import { formatMoney } from "@/lib/money";
import { paths } from "@/lib/paths";

type EndedProps = { session: SessionOut };

/** The hold ran out before any money came. */
export function HoldEnded({ session }: EndedProps) {
  return (
    <Frame session={session} title="The hold has ended" stub="Not charged">
      <Alert tone="info" title="You were not charged">
        <p>
          The time was kept for you until the hold ran out, and others may book it now. Hold a time
          again to pay for it.
        </p>
      </Alert>
      <OtherTimes session={session} />
    </Frame>
  );
}

/** Money came after the hold, and somebody else had the time: all of it is on its way back. */
export function PaidTooLate({ session }: EndedProps) {
  const amount = formatMoney(session.price);
  const isBack = session.payment?.refunded.amount === session.price.amount;
  return (
    <Frame session={session} title="Your payment came too late" stub={`${amount} refunded`}>
      <Alert tone="warning" title={isBack ? `${amount} was sent back` : `${amount} goes back`}>
        <p>
          It arrived after the hold had ended, and somebody else had booked the time. We refund all
          of it to your card without your doing anything; banks take up to ten days to show it.
        </p>
        <p className="mt-2">
          <Link to={paths.session(session.id)}>Follow the refund</Link>
        </p>
      </Alert>
      <OtherTimes session={session} />
    </Frame>
  );
}

/** The booking was cancelled before or after it was paid. */
export function BookingCancelled({ session }: EndedProps) {
  const was = session.payment?.status === "succeeded";
  return (
    <Frame
      session={session}
      title="This booking is cancelled"
      stub={was ? "Cancelled" : "Not charged"}
    >
      <Alert tone="info" title={was ? "There is nothing to pay" : "You were not charged"}>
        <p>
          The time is free again. <Link to={paths.session(session.id)}>See the session</Link> or
          hold another time.
        </p>
      </Alert>
      <OtherTimes session={session} />
    </Frame>
  );
}

type FrameProps = EndedProps & { title: string; stub: string; children: React.ReactNode };

function Frame({ session, title, stub, children }: FrameProps) {
  const reader = useUser();
  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <PageHeading title={title} />
      <Ticket className="ticket--void">
        <TicketBody>
          <SessionFacts session={session} reader={reader} />
        </TicketBody>
        <TicketStub className="flex items-center justify-between gap-4">
          <span className="ticket__ref">{session.id}</span>
          <span className="font-semibold">{stub}</span>
        </TicketStub>
      </Ticket>
      {children}
      <div>
        <Button variant="ghost" asChild>
          <Link to={paths.sessions()}>To my sessions</Link>
        </Button>
      </div>
    </div>
  );
}
