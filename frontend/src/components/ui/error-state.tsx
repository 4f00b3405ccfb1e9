import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Words } from "@/components/words";
import { t } from "@/lib/i18n";
import { wordsFor } from "@/lib/problem";

type ErrorStateProps = {
  error: unknown;
  /** Instead of the error's own title: what could not be done. */
  title?: string;
  onRetry?: () => void;
  retrying?: boolean;
  action?: ReactNode;
  className?: string;
};

/** What failed, in words; a way to try again; and the number that finds it in our log. */
export function ErrorState({
  error,
  title,
  onRetry,
  retrying = false,
  action,
  className,
}: ErrorStateProps) {
  const words = wordsFor(error);
  return (
    <Alert tone="danger" title={title ?? words.title} className={className}>
      <p>{words.detail}</p>
      {words.requestId ? <RequestId id={words.requestId} /> : null}
      {onRetry || action ? (
        <div className="mt-3 flex flex-wrap gap-2">
          {onRetry ? (
            <Button variant="secondary" size="sm" busy={retrying} onClick={onRetry}>
              {t("Try again")}
            </Button>
          ) : null}
          {action}
        </div>
      ) : null}
    </Alert>
  );
}

export function RequestId({ id }: { id: string }) {
  return (
    <p className="mt-1 text-sm text-ink-soft">
      <Words
        text="Reference for support: <id/>"
        parts={{ id: <code className="font-mono break-all select-all">{id}</code> }}
      />
    </p>
  );
}
