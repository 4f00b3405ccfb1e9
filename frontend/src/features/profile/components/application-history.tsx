import { Card } from "@/components/ui/card";
import type { ApplicationStepOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { msg, t } from "@/lib/i18n";
import { formatInstant } from "@/lib/time";

type Said = Record<ApplicationStepOut["event"], string>;

const OWN: Said = {
  "": msg("You wrote"),
  submit: msg("You sent it in"),
  begin: msg("You began to look at it"),
  ask: msg("You asked for changes"),
  vet: msg("You accepted it, as the first of two"),
  accept: msg("You accepted it, as the second of two"),
  refuse: msg("You did not accept it"),
  withdraw: msg("You withdrew it"),
};
const CURATORS: Said = {
  "": msg("A curator wrote"),
  submit: msg("A curator sent it in"),
  begin: msg("A curator began to look at it"),
  ask: msg("A curator asked for changes"),
  vet: msg("A curator accepted it, as the first of two"),
  accept: msg("A curator accepted it, as the second of two"),
  refuse: msg("A curator did not accept it"),
  withdraw: msg("A curator withdrew it"),
};

/** All that happened, and what was said; curators without names. */
export function ApplicationHistory({ steps }: { steps: readonly ApplicationStepOut[] }) {
  const { time_zone: zone } = useUser();
  return (
    <Card className="grid gap-4">
      <h2 className="text-lg">{t("What happened")}</h2>
      <ol className="grid gap-4">
        {steps.map((step) => (
          <li key={`${step.at} ${step.event}`} className="grid gap-1 border-l-2 border-line pl-3">
            <p>
              {t((step.by === "applicant" ? OWN : CURATORS)[step.event])}{" "}
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
