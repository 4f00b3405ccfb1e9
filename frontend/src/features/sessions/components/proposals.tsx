import { Fragment } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Words } from "@/components/words";
import { useAccept, useClose } from "@/features/sessions/api/moving";
import type { ProposalOut, SessionOut, UserOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { perLocale, msg, t } from "@/lib/i18n";
import { isMentorOf } from "@/lib/sessions";
import { formatBrief, formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

const either = perLocale((locale) => new Intl.ListFormat(locale, { type: "disjunction" }));

type ProposalsProps = { session: SessionOut; reader: UserOut; proposals: readonly ProposalOut[] };

/** The open proposal, to be answered or taken back; else how the newest own one ended. */
export function Proposals({ session, reader, proposals }: ProposalsProps) {
  const [newest] = proposals;
  if (newest === undefined) return null;
  const side = isMentorOf(session, reader) ? "mentor" : "client";
  if (newest.status === "open") {
    const Shown = newest.by === side ? Asked : Question;
    return <Shown key={newest.id} session={session} reader={reader} proposal={newest} />;
  }
  const ended = newest.by === side ? ENDED[newest.status] : undefined;
  if (ended === undefined) return null;
  const whom = side === "mentor" ? session.client.name : session.mentor.name;
  return (
    <p className="text-sm text-ink-soft">
      {t(ended, { name: whom })}{" "}
      {t("The session stays on {when}.", {
        when: formatInstant(session.starts_at, reader.time_zone),
      })}
    </p>
  );
}

const ENDED: Partial<Record<ProposalOut["status"], string>> = {
  declined: msg("{name} declined the times that you proposed."),
  lapsed: msg("{name} did not answer your proposal in time."),
};

type OneProps = { session: SessionOut; reader: UserOut; proposal: ProposalOut };

/** The other one's: each time is one press away. */
function Question({ session, reader, proposal }: OneProps) {
  const names = { session: session.id, proposal: proposal.id };
  const accept = useAccept(names);
  const close = useClose(names);
  const whom = proposal.by === "mentor" ? session.mentor.name : session.client.name;
  const zone = reader.time_zone;
  const takes = (start: string) =>
    accept.mutate(
      { starts_at: start },
      {
        onSuccess: () => toast.success(t("Moved to {when}.", { when: formatInstant(start, zone) })),
      },
    );
  return (
    <Card role="region" aria-labelledby="proposal" className="grid gap-4 border-accent">
      <h2 id="proposal" className="text-xl">
        {proposal.starts_at.length === 1
          ? t("{name} proposes another time", { name: whom })
          : t("{name} proposes other times", { name: whom })}
      </h2>
      <Message proposal={proposal} />
      <ul className="grid gap-2">
        {proposal.starts_at.map((start) => (
          <li key={start} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <time dateTime={start} className="tabular font-medium">
              {formatInstant(start, zone)}
            </time>
            {Date.parse(start) > serverNow() ? (
              <Button
                busy={accept.isPending && accept.variables.starts_at === start}
                onClick={() => takes(start)}
              >
                {t("Accept {when}", { when: formatBrief(start, zone) })}
              </Button>
            ) : (
              <span className="text-sm text-ink-soft">{t("This time is over")}</span>
            )}
          </li>
        ))}
      </ul>
      {accept.isError ? (
        <ErrorState error={accept.error} title={t("The session has not moved")} />
      ) : null}
      {close.isError ? <ErrorState error={close.error} /> : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          variant="secondary"
          busy={close.isPending}
          onClick={() =>
            close.mutate("decline", { onSuccess: () => toast.success(t("You declined.")) })
          }
        >
          {t("Decline")}
        </Button>
        <Stands session={session} zone={zone} />
      </div>
    </Card>
  );
}

/** The own one, while it waits for its answer. */
function Asked({ session, reader, proposal }: OneProps) {
  const close = useClose({ session: session.id, proposal: proposal.id });
  const whom = proposal.by === "mentor" ? session.client.name : session.mentor.name;
  const zone = reader.time_zone;
  return (
    <Card role="region" aria-labelledby="proposal" className="grid gap-4">
      <h2 id="proposal" className="text-xl">
        {t("{name} has not answered yet", { name: whom })}
      </h2>
      <p>
        <Words
          text="You proposed <times/>."
          parts={{ times: <Times starts={proposal.starts_at} zone={zone} /> }}
        />
      </p>
      <Message proposal={proposal} />
      {close.isError ? <ErrorState error={close.error} /> : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button variant="secondary" busy={close.isPending} onClick={() => close.mutate("withdraw")}>
          {t("Take it back")}
        </Button>
        <Stands session={session} zone={zone} />
      </div>
    </Card>
  );
}

/** "Tue 24 Nov, 18:00 London or Wed 25 Nov, 9:00 London" */
function Times({ starts, zone }: { starts: readonly string[]; zone: string }) {
  return either()
    .formatToParts(starts)
    .map(({ type, value }, place) =>
      type === "literal" ? (
        <Fragment key={place}>{value}</Fragment>
      ) : (
        <time key={place} dateTime={value} className="tabular font-medium whitespace-nowrap">
          {formatInstant(value, zone)}
        </time>
      ),
    );
}

function Message({ proposal }: { proposal: ProposalOut }) {
  return proposal.message ? (
    <p className="whitespace-pre-line text-pretty">{t("“{words}”", { words: proposal.message })}</p>
  ) : null;
}

function Stands({ session, zone }: { session: SessionOut; zone: string }) {
  return (
    <p className="text-sm text-ink-soft">
      {t("Until then it stays on {when}.", { when: formatInstant(session.starts_at, zone) })}
    </p>
  );
}
