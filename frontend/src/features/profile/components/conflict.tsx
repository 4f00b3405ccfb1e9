import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";

type Props = { error: unknown; title: string; onReadAgain: () => Promise<void> };

/** What went wrong with a change; where another one came first, the way to what it made. */
export function Conflict({ error, title, onReadAgain }: Props) {
  const [reading, setReading] = useState(false);
  if (!hasCode(error, "precondition_failed")) return <ErrorState error={error} title={title} />;
  const read = async () => {
    setReading(true);
    await onReadAgain();
    setReading(false);
  };
  return (
    <Alert tone="warning" title={t("This was changed in the meantime")}>
      <p>
        {t(
          "Another window, or a member of our team, was quicker. Nothing of yours was saved. Read the newest version, and make your change again.",
        )}
      </p>
      <Button
        variant="secondary"
        size="sm"
        className="mt-3"
        busy={reading}
        onClick={() => void read()}
      >
        {t("Read the newest version")}
      </Button>
    </Alert>
  );
}
