import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { isUndecided, settlementQuery } from "@/features/checkout/api/checkout";
import { Settling } from "@/features/checkout/components/settling";
import { failureFromServer } from "@/features/checkout/failure";
import type { PayableKind } from "@/features/checkout/payable";
import type { ConfirmOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";

type SettlementProps = {
  paymentId: string;
  what: PayableKind;
  /** Whether it can still be paid in another way. */
  open: boolean;
  onDecided: (found: ConfirmOut) => void;
  onAgain: () => void;
};

/** The gateway has taken the payment on: what became of it, asked for until it is decided. */
export function Settlement({ paymentId, what, open, onDecided, onAgain }: SettlementProps) {
  const settlement = useQuery(settlementQuery(paymentId));
  const found = settlement.data;
  const decided = found !== undefined && !isUndecided(found);
  const failure = found?.payment.failure ?? null;
  const over = found?.payment.status === "cancelled" || found?.payment.status === "failed";
  useEffect(() => {
    if (decided) onDecided(found);
    if (over) onAgain();
  }, [decided, found, over, onDecided, onAgain]);

  if (decided && failure !== null && open) {
    const words = failureFromServer(failure, what);
    return (
      <Alert tone="danger" title={words.title}>
        <p>{words.detail}</p>
        <Button size="sm" className="mt-3" onClick={onAgain}>
          {t("Pay another way")}
        </Button>
      </Alert>
    );
  }
  return (
    <Settling what={what} error={settlement.error} onRetry={() => void settlement.refetch()} />
  );
}
