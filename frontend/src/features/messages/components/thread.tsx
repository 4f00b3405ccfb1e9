import { useLayoutEffect, useRef, type ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import type { MessageOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { cn } from "@/lib/cn";
import { byDay, hidesSomething } from "@/features/messages/thread";
import { t } from "@/lib/i18n";
import { cityOf, formatTime } from "@/lib/time";

const NEAR_PX = 80;

type ThreadProps = {
  withName: string;
  messages: readonly MessageOut[];
  /** Above the oldest one: the way to older ones. */
  older?: ReactNode;
  /** Below the newest one: what is on its way. */
  outgoing?: ReactNode;
  onAtEnd: (isAtEnd: boolean) => void;
};

/** Stays at the newest message while the reader is there, and where they are while they read back. */
export function Thread({ withName, messages, older, outgoing, onAtEnd }: ThreadProps) {
  const { time_zone: zone } = useUser();
  const box = useRef<HTMLDivElement>(null);
  const seen = useRef({ first: 0, height: 0, atEnd: true });
  const first = messages[0]?.number ?? 0;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const before = seen.current;
    const isOlderAdded = before.first > first && first > 0;
    if (isOlderAdded) element.scrollTop += element.scrollHeight - before.height;
    else if (before.atEnd) element.scrollTop = element.scrollHeight;
    seen.current = { ...before, first, height: element.scrollHeight };
  });

  const look = () => {
    const element = box.current;
    if (element === null) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    const atEnd = below < NEAR_PX;
    if (atEnd !== seen.current.atEnd) onAtEnd(atEnd);
    seen.current.atEnd = atEnd;
  };

  return (
    <div
      ref={box}
      role="log"
      aria-label={t("Messages with {name}", { name: withName })}
      // Who reads by keyboard scrolls it.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={look}
      className="grid min-h-0 flex-1 content-start gap-4 overflow-y-auto overscroll-contain py-4 [overflow-anchor:none]"
    >
      {older}
      {hidesSomething(messages) ? (
        <Alert tone="info" title={t("Ways to reach each other outside are hidden")}>
          {t(
            "E-mail addresses, links and telephone numbers are shown once you have had a paid session with each other, those that were written before too.",
          )}
        </Alert>
      ) : null}
      {byDay(messages, zone).map((day) => (
        <section key={day.name} aria-label={day.name} className="grid gap-2">
          <p className="tabular justify-self-center rounded-full bg-quiet-bg px-3 text-sm text-quiet">
            {day.name}, {cityOf(zone)}
          </p>
          <ol className="grid gap-2">
            {day.messages.map((message) => (
              <li key={message.number} data-number={message.number} className="grid">
                <Bubble
                  text={message.text}
                  mine={message.mine}
                  note={<time dateTime={message.sent_at}>{formatTime(message.sent_at, zone)}</time>}
                  from={message.mine ? t("You") : withName}
                />
              </li>
            ))}
          </ol>
        </section>
      ))}
      {outgoing}
    </div>
  );
}

type BubbleProps = { text: string; mine: boolean; from: string; note: ReactNode };

export function Bubble({ text, mine, from, note }: BubbleProps) {
  return (
    <div
      className={cn(
        "grid max-w-[85%] gap-0.5 rounded-lg border px-3.5 py-2 sm:max-w-[70%]",
        mine
          ? "justify-self-end rounded-br-sm border-transparent bg-accent-wash"
          : "justify-self-start rounded-bl-sm border-line bg-card",
      )}
    >
      <span className="sr-only">{from}: </span>
      <p className="wrap-anywhere whitespace-pre-line">{text}</p>
      <p className="tabular justify-self-end text-xs text-ink-soft">{note}</p>
    </div>
  );
}
