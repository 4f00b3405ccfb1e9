import { useMutation } from "@tanstack/react-query";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { t } from "@/lib/i18n";

/** Ask for the mail once more. */
export function ResendButton({ onResend }: { onResend: () => Promise<unknown> }) {
  const resend = useMutation({ mutationFn: onResend });
  return (
    <div className="grid gap-3">
      {resend.isError ? (
        <ErrorState error={resend.error} title={t("The mail was not sent")} />
      ) : null}
      {resend.isSuccess ? (
        <Alert tone="success">{t("Sent again. Only the newest code is good.")}</Alert>
      ) : (
        <Button variant="ghost" busy={resend.isPending} onClick={() => resend.mutate()}>
          {t("No mail after a minute? Send it again")}
        </Button>
      )}
    </div>
  );
}
