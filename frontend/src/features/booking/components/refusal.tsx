import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { RequestId } from "@/components/ui/error-state";
import { StepHeading } from "@/features/booking/components/step-heading";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { paths } from "@/lib/paths";
import { ApiError, hasCode, mayHeal, wordsFor } from "@/lib/problem";

type RefusalProps = { error: unknown; onRetry: () => void; onChooseAgain: () => void };

/** Why the time was not held, and what to do next. Nothing was booked, and it says so. */
export function Refusal({ error, onRetry, onChooseAgain }: RefusalProps) {
  const { title, detail } = wordsOf(error);
  const words = wordsFor(error);
  return (
    <div className="grid max-w-2xl gap-5">
      <StepHeading>{title}</StepHeading>
      <Alert tone="warning">
        <p>{detail}</p>
        <p>{t("Nothing was booked and nothing was charged.")}</p>
        {isKnown(error) || words.requestId === null ? null : <RequestId id={words.requestId} />}
      </Alert>
      <div className="flex flex-wrap gap-2">
        <FirstStep error={error} onRetry={onRetry} />
        <Button variant="secondary" onClick={onChooseAgain}>
          {hasCode(error, "price_changed") ? t("See the new terms") : t("Choose another time")}
        </Button>
      </div>
    </div>
  );
}

const KNOWN = [
  "too_many_holds",
  "client_busy",
  "slot_not_offered",
  "price_changed",
  "mentor_not_live",
];

function isKnown(error: unknown): boolean {
  return hasCode(error, ...KNOWN);
}

function wordsOf(error: unknown): { title: string; detail: string } {
  const { title, detail } = wordsFor(error);
  if (hasCode(error, "too_many_holds")) {
    return {
      title: t("You hold several times already"),
      detail: t(
        "Each of them waits for its payment, and one person can hold only so many. Pay or cancel one of them, or wait until one expires; then book this one.",
      ),
    };
  }
  if (hasCode(error, "client_busy")) {
    return {
      title: t("You have a session at that time"),
      detail: t(
        "It would overlap with a session of yours. Choose another time, or cancel that one.",
      ),
    };
  }
  if (hasCode(error, "slot_not_offered")) return { title: t("This time is not offered"), detail };
  if (hasCode(error, "price_changed")) {
    const { price_minor, currency } = error.more;
    const what = t(
      "The price, the length or the cancellation terms changed after you opened this page.",
    );
    const price =
      typeof price_minor === "number" && typeof currency === "string"
        ? ` ${t("It costs {price} now.", { price: formatMoney({ amount: price_minor, currency }) })}`
        : "";
    return {
      title: t("The terms have changed"),
      detail: what + price,
    };
  }
  if (hasCode(error, "mentor_not_live")) return { title: t("Not bookable at present"), detail };
  return { title: title === t("This page failed") ? t("The booking failed") : title, detail };
}

/** The step that most likely helps. */
function FirstStep({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (hasCode(error, "too_many_holds")) {
    return (
      <Button asChild>
        <Link to={paths.sessions({ when: "upcoming" })}>{t("See what you hold")}</Link>
      </Button>
    );
  }
  if (hasCode(error, "client_busy") && typeof error.more.session_id === "string") {
    return (
      <Button asChild>
        <Link to={paths.session(error.more.session_id)}>{t("See that session")}</Link>
      </Button>
    );
  }
  if (hasCode(error, "mentor_not_live")) {
    return (
      <Button asChild>
        <Link to={paths.mentors()}>{t("Find another mentor")}</Link>
      </Button>
    );
  }
  if (mayHeal(error) || !(error instanceof ApiError)) {
    return <Button onClick={onRetry}>{t("Try again")}</Button>;
  }
  return null;
}
