import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FieldsSkeleton } from "@/features/checkout/components/payment-form";
import type { PayableKind } from "@/features/checkout/payable";
import { t } from "@/lib/i18n";

/** The room of the card's fields, so that nothing moves when they come. */
export function CardFieldsLoading() {
  return (
    <Loading
      what={t("the payment form")}
      className="relative min-h-[21.125rem] sm:min-h-[19.875rem]"
    >
      <FieldsSkeleton />
    </Loading>
  );
}

export function PayPalLoading() {
  return (
    <Loading what="PayPal" className="grid min-h-[6.5rem] content-start gap-3">
      <Skeleton className="h-12 rounded-full" />
    </Loading>
  );
}

/** Blocked by an extension or a network, or the provider is down. */
export function NoGateway({ what }: { what: PayableKind }) {
  return (
    <Alert tone="danger" title={t("The payment form could not be loaded")}>
      <p>
        {t(
          what === "package"
            ? "Our payment provider’s script did not arrive. Nothing was charged. Check your connection, or allow the script if you block some, and try again."
            : "Our payment provider’s script did not arrive. Nothing was charged, and the time stays yours until the hold ends. Check your connection, or allow the script if you block some, and try again.",
        )}
      </p>
      <Button variant="secondary" size="sm" className="mt-3" onClick={() => location.reload()}>
        {t("Try again")}
      </Button>
    </Alert>
  );
}
