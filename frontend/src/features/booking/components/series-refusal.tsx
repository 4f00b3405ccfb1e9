import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Refusal } from "@/features/booking/components/refusal";
import { StepHeading } from "@/features/booking/components/step-heading";
import { missingOf } from "@/features/booking/missing";
import { t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";
import { formatInstant } from "@/lib/time";

type SeriesRefusalProps = {
  error: unknown;
  count: number;
  zone: string;
  busy: boolean;
  onFreeOnes: () => void;
  onRetry: () => void;
  onChooseAgain: () => void;
};

/** Which sessions of the series cannot be had; the others can, where at least two are left. */
export function SeriesRefusal(props: SeriesRefusalProps) {
  const { error, count, zone, busy, onFreeOnes, onRetry, onChooseAgain } = props;
  if (!hasCode(error, "series_not_free")) {
    return <Refusal error={error} onRetry={onRetry} onChooseAgain={onChooseAgain} />;
  }
  const missing = missingOf(error.more.sessions);
  const rest = count - missing.length;
  return (
    <div className="grid max-w-2xl gap-5">
      <StepHeading>{t("Not all of the series is free")}</StepHeading>
      <Alert tone="warning">
        <p>{t("These cannot be had:")}</p>
        <ul className="tabular list-disc pl-5">
          {missing.map((startsAt) => (
            <li key={startsAt}>{formatInstant(startsAt, zone)}</li>
          ))}
        </ul>
        <p>{t("Nothing was booked and nothing was charged.")}</p>
      </Alert>
      <div className="flex flex-wrap gap-2">
        {rest >= 2 ? (
          <Button busy={busy} onClick={onFreeOnes}>
            {t("Book the other {count}", { count: rest })}
          </Button>
        ) : null}
        <Button variant="secondary" onClick={onChooseAgain}>
          {t("Choose another time")}
        </Button>
      </div>
    </div>
  );
}
