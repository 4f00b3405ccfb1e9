import { Card } from "@/components/ui/card";
import type { ApplicationStepOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { formatInstant } from "@/lib/time";

const WORDS: Record<ApplicationStepOut["event"], string> = {
  "": "wrote",
  submit: "sent it in",
  begin: "began to look at it",
  ask: "asked for changes",
  vet: "accepted it, as the first of two",
  accept: "accepted it, as the second of two",
  refuse: "did not accept it",
  withdraw: "withdrew it",
};

/** All that happened, and what was said; curators without names. */
export function ApplicationHistory({ steps }: { steps: readonly ApplicationStepOut[] }) {
  const { time_zone: zone } = useUser();
  return (
    <Card className="grid gap-4">
      <h2 className="text-lg">What happened</h2>
      <ol className="grid gap-4">
        {steps.map((step) => (
          <li key={`${step.at} ${step.event}`} className="grid gap-1 border-l-2 border-line pl-3">
            <p>
              {step.by === "applicant" ? "You" : "A curator"} {WORDS[step.event]}{" "}
              <span className="text-sm text-ink-soft">· {formatInstant(step.at, zone)}</span>
            </p>
            {step.comment === "" ? null : (
              <p className="break-words whitespace-pre-line text-ink-soft">{step.comment}</p>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
