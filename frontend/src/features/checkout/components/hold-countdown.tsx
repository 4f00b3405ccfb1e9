import { Clock } from "lucide-react";
import { Words } from "@/components/words";
import { cn } from "@/lib/cn";
import { msg, t } from "@/lib/i18n";

/** Said aloud when this many seconds are left, and at no other moment. */
const ANNOUNCED = new Map([
  [300, msg("5 minutes left to pay.")],
  [60, msg("1 minute left to pay.")],
  [20, msg("20 seconds left to pay.")],
]);
const HURRY_SECONDS = 60;

type HoldCountdownProps = { seconds: number };

/** How long the time is still kept. The figures tick in silence; three moments are announced. */
export function HoldCountdown({ seconds }: HoldCountdownProps) {
  const hurry = seconds <= HURRY_SECONDS;
  return (
    <div
      className={cn(
        "flex items-center gap-2 rounded-md px-3 py-2 text-[0.9375rem]",
        hurry ? "bg-warning-bg text-warning" : "bg-sunk text-ink",
      )}
    >
      <Clock aria-hidden="true" className="size-4 shrink-0" />
      <p>
        <Words
          text="This time is held for you for <left/>"
          parts={{
            left: (
              <span role="timer" className="tabular font-semibold">
                {written(seconds)}
              </span>
            ),
          }}
        />
      </p>
      <p aria-live="polite" className="sr-only">
        {announcement(seconds)}
      </p>
    </div>
  );
}

function written(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The latest announcement that is due, which stays until the next one. */
function announcement(seconds: number): string {
  const due = [...ANNOUNCED].filter(([moment]) => seconds <= moment);
  return t(due.at(-1)?.[1] ?? "");
}
