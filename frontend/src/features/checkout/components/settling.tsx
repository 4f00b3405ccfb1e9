import { useEffect, useState } from "react";
import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import type { PayableKind } from "@/features/checkout/payable";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

const PATIENCE_MS = 15_000;

type SettlingProps = { what: PayableKind; error: unknown; onRetry: () => void };

/** The gateway has the payment; our server asks it what became of it. */
export function Settling({ what, error, onRetry }: SettlingProps) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className="grid gap-4">
      <div role="status" className="grid justify-items-center gap-3 py-10 text-center">
        <Spinner className="size-8 text-accent" />
        <p className="font-serif text-xl font-semibold">{t("Confirming your payment")}</p>
        <p className="text-ink-soft">
          {t("Stay here for a moment. You will not be charged twice.")}
        </p>
      </div>
      {error !== null ? (
        <ErrorState error={error} title={t("The state could not be read")} onRetry={onRetry} />
      ) : null}
      {slow && error === null ? (
        <Alert tone="info" title={t("Your bank takes its time")}>
          <p>
            {t(
              what === "package"
                ? "The payment is being worked on. You may leave this page: we send you a mail as soon as it is decided, and your packages show it too."
                : "The payment is being worked on. You may leave this page: we send you a mail as soon as it is decided, and the session shows it too.",
            )}
          </p>
          <Button variant="secondary" size="sm" asChild className="mt-3">
            {what === "package" ? (
              <Link to={paths.packages()}>{t("To my packages")}</Link>
            ) : (
              <Link to={paths.sessions()}>{t("To my sessions")}</Link>
            )}
          </Button>
        </Alert>
      ) : null}
    </div>
  );
}
