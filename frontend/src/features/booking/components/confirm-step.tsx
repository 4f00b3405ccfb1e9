import { ArrowLeft } from "lucide-react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Money } from "@/components/ui/money";
import { Textarea } from "@/components/ui/textarea";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { ZonedTime } from "@/components/ui/zoned-time";
import { Words } from "@/components/words";
import { type Repeat, RepeatFields } from "@/features/booking/components/repeat";
import { StepHeading } from "@/features/booking/components/step-heading";
import type { MentorDetail, SessionTypeOut, SlotOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { policyInWords } from "@/lib/policy";
import { formatBrief } from "@/lib/time";
import { useNow } from "@/lib/use-now";

const LONGEST = 2000;

type ConfirmStepProps = {
  mentor: MentorDetail;
  type: SessionTypeOut;
  slot: SlotOut;
  zone: string;
  goals: string;
  onGoals: (goals: string) => void;
  /** Whether the time is still free is being read. */
  checking: boolean;
  repeat: Repeat;
  onRepeat: (repeat: Repeat) => void;
  busy: boolean;
  onBook: () => void;
  onBack: () => void;
};

/** What will be booked, on which terms, and the one button that does it. */
export function ConfirmStep(props: ConfirmStepProps) {
  const { mentor, type, slot, zone, goals, onGoals, repeat, onRepeat } = props;
  const { checking, busy, onBook, onBack } = props;
  const user = useUser();
  return (
    <form
      className="grid max-w-2xl gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !checking) onBook();
      }}
    >
      <div className="grid justify-items-start gap-1">
        <Button variant="ghost" size="sm" className="-ml-3" disabled={busy} onClick={onBack}>
          <ArrowLeft aria-hidden="true" />
          {t("Change the time")}
        </Button>
        <StepHeading>{t("Is this right?")}</StepHeading>
      </div>
      <Ticket>
        <TicketBody className="grid gap-1">
          <p className="ticket__label">
            {t("{session} with {name}", { session: type.name, name: mentor.name })}
          </p>
          <ZonedTime
            start={slot.starts_at}
            end={slot.ends_at}
            zone={zone}
            yours={user.time_zone}
            className="font-serif text-xl leading-snug font-semibold"
          />
          {zone === mentor.time_zone ? null : (
            <p className="text-sm text-ink-soft">
              <Words
                text="For {name}: <time/>"
                values={{ name: mentor.name.split(" ")[0] ?? "" }}
                parts={{
                  time: (
                    <ZonedTime start={slot.starts_at} end={slot.ends_at} zone={mentor.time_zone} />
                  ),
                }}
              />
            </p>
          )}
        </TicketBody>
        <TicketStub className="grid gap-4 sm:grid-cols-[auto_minmax(0,1fr)] sm:gap-8">
          <p>
            <span className="ticket__label block">
              {type.capacity > 1 ? t("You pay for a seat") : t("You pay")}
            </span>
            <Money value={type.price} className="ticket__amount" />
          </p>
          <Cancelling type={type} startsAt={slot.starts_at} zone={zone} />
        </TicketStub>
      </Ticket>
      {type.capacity > 1 ? null : (
        <RepeatFields repeat={repeat} onRepeat={onRepeat} disabled={busy} />
      )}
      <Field
        label={t("What do you want to get out of it?")}
        optional
        hint={t("{name} reads this before the session.", { name: mentor.name.split(" ")[0] ?? "" })}
      >
        <Textarea
          rows={4}
          maxLength={LONGEST}
          value={goals}
          onChange={(event) => onGoals(event.target.value)}
        />
      </Field>
      {user.can_book ? (
        <div className="sticky bottom-0 -mx-4 -mb-4 grid gap-2 border-t border-line bg-card p-4 pb-[max(1rem,env(safe-area-inset-bottom))] sm:static sm:m-0 sm:border-0 sm:p-0">
          <Button
            type="submit"
            size="lg"
            busy={busy || checking}
            className="tabular w-full sm:w-fit"
          >
            {repeat.every > 0 && type.capacity === 1
              ? t("Book {count} sessions, {price} each", {
                  count: repeat.count,
                  price: formatMoney(type.price, { code: false }),
                })
              : t("Book {when} · {price}", {
                  when: formatBrief(slot.starts_at, zone),
                  price: formatMoney(type.price, { code: false }),
                })}
          </Button>
          <p className="text-sm text-ink-soft">
            {t("The time is then held for you while you pay. Nothing is charged before.")}
          </p>
        </div>
      ) : (
        <Alert tone="warning" title={t("This account cannot book")}>
          {t("Sessions are booked by clients. Sign in with a client’s account to book this one.")}
        </Alert>
      )}
    </form>
  );
}

type CancellingProps = { type: SessionTypeOut; startsAt: string; zone: string };

function Cancelling({ type, startsAt, zone }: CancellingProps) {
  const now = useNow();
  const terms = policyInWords(type.policy, { startsAt, zone, now: now.getTime() });
  return (
    <div>
      <p className="ticket__label">{t("If you cancel")}</p>
      <ul className="tabular text-[0.9375rem]">
        {terms.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}
