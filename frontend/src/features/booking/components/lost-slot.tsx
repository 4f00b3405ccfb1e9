import { Button } from "@/components/ui/button";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { ZonedTime } from "@/components/ui/zoned-time";
import { Words } from "@/components/words";
import { StepHeading } from "@/features/booking/components/step-heading";
import type { SlotOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { formatMoney, type Money } from "@/lib/money";
import { formatBrief } from "@/lib/time";
import { cn } from "@/lib/cn";

type LostSlotProps = {
  lost: SlotOut;
  alternatives: readonly SlotOut[];
  mentorName: string;
  price: Money;
  zone: string;
  onBook: (slot: SlotOut) => void;
  onChooseAgain: () => void;
};

/** The time went to somebody else: what is nearest to it, each one click away. */
export function LostSlot(props: LostSlotProps) {
  const { lost, alternatives, mentorName, price, zone, onBook, onChooseAgain } = props;
  const user = useUser();
  return (
    <div className="grid max-w-2xl gap-5">
      <div role="alert" className="grid gap-2">
        <StepHeading>
          {t("{when} is no longer available", { when: formatBrief(lost.starts_at, zone) })}
        </StepHeading>
        <p className="text-ink-soft">
          <Words
            text="<time/> with {name} is taken or no longer offered. Nothing was booked and nothing was charged; your goals are kept."
            values={{ name: mentorName }}
            parts={{
              time: <ZonedTime start={lost.starts_at} end={lost.ends_at} zone={zone} />,
            }}
          />
        </p>
      </div>
      {alternatives.length > 0 ? (
        <section aria-labelledby="alternatives" className="grid gap-3">
          <h3 id="alternatives" className="text-lg">
            {t("Free instead")}
          </h3>
          <ul className="tickets grid gap-3">
            {alternatives.map((slot) => (
              <li key={slot.starts_at}>
                <Ticket className="ticket--wide">
                  <TicketBody className="flex items-center">
                    <ZonedTime
                      start={slot.starts_at}
                      end={slot.ends_at}
                      zone={zone}
                      yours={user.time_zone}
                      className="font-semibold"
                    />
                  </TicketBody>
                  <TicketStub className="flex items-center sm:px-3">
                    <Button
                      className="tabular w-full px-1 text-[0.9375rem]"
                      onClick={() => onBook(slot)}
                    >
                      {t("Book {when} · {price}", {
                        when: formatBrief(slot.starts_at, zone),
                        price: formatMoney(price, { code: false }),
                      })}
                    </Button>
                  </TicketStub>
                </Ticket>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <Button
        variant={alternatives.length > 0 ? "secondary" : "primary"}
        className={cn("w-full sm:w-fit")}
        onClick={onChooseAgain}
      >
        {t("Choose another time")}
      </Button>
    </div>
  );
}
