import { Link } from "react-router";
import { SessionFacts } from "@/components/session/session-facts";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { Words } from "@/components/words";
import { OtherTimes } from "@/features/checkout/components/other-times";
import { useUser } from "@/lib/auth";
import type { SessionOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { paths } from "@/lib/paths";

type EndedProps = { session: SessionOut };

/** The hold ran out before any money came. */
export function HoldEnded({ session }: EndedProps) {
  return (
    <Frame session={session} title={t("The hold has ended")} stub={t("Not charged")}>
      <Alert tone="info" title={t("You were not charged")}>
        <p>
          {t(
            "The time was kept for you until the hold ran out, and others may book it now. Hold a time again to pay for it.",
          )}
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
    <Frame
      session={session}
      title={t("Your payment came too late")}
      stub={t("{amount} refunded", { amount })}
    >
      <Alert
        tone="warning"
        title={
          isBack ? t("{amount} was sent back", { amount }) : t("{amount} goes back", { amount })
        }
      >
        <p>
          {t(
            "It arrived after the hold had ended, and somebody else had booked the time. We refund all of it to your card without your doing anything; banks take up to ten days to show it.",
          )}
        </p>
        <p className="mt-2">
          <Link to={paths.session(session.id)}>{t("Follow the refund")}</Link>
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
      title={t("This booking is cancelled")}
      stub={was ? t("Cancelled") : t("Not charged")}
    >
      <Alert tone="info" title={was ? t("There is nothing to pay") : t("You were not charged")}>
        <p>
          <Words
            text="The time is free again. <session>See the session</session> or hold another time."
            parts={{ session: <Link to={paths.session(session.id)} /> }}
          />
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
          <Link to={paths.sessions()}>{t("To my sessions")}</Link>
        </Button>
      </div>
    </div>
  );
}
