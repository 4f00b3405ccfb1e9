import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { RadioCard, RadioCards } from "@/components/ui/radio-cards";
import { useCover, useCreditOfPackage } from "@/features/checkout/api/checkout";
import { type Choice, choicesOf, creditIn } from "@/features/checkout/choices";
import type { CreditOut, PackageOut, SessionOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { creditQuery, usablePackagesQuery } from "@/lib/packages";
import { hasCode } from "@/lib/problem";
import { formatDay } from "@/lib/time";

type PrepaidProps = {
  session: SessionOut;
  onUseCredit: (use: boolean) => void;
  /** A package or the credit has paid for it, or it cannot be paid so any more: look again. */
  onPaid: () => void;
  /** The payment by a gateway; `waiting` while it is not known whether one is needed. */
  children: (waiting: boolean) => ReactNode;
};

/**
 * Before a payment is begun, which fixes the price: is there a package or credit that the reader
 * would rather use? Where there is neither, the payment stands here at once.
 */
export function Prepaid({ session, onUseCredit, onPaid, children }: PrepaidProps) {
  const [settled, setSettled] = useState(session.payment !== null);
  const packages = useQuery({
    ...usablePackagesQuery(session.session_type.id),
    enabled: !settled,
  });
  const credit = useQuery({ ...creditQuery, enabled: !settled });
  if (settled || session.payment !== null) return children(false);
  const failed = packages.error ?? credit.error;
  if (failed !== null) {
    const retry = () => void Promise.all([packages.refetch(), credit.refetch()]);
    return (
      <ErrorState
        error={failed}
        title={t("Your packages and your credit could not be read")}
        onRetry={retry}
        retrying={packages.isFetching || credit.isFetching}
        action={
          <Button variant="secondary" size="sm" onClick={() => setSettled(true)}>
            {t("Pay without them")}
          </Button>
        }
      />
    );
  }
  if (packages.data === undefined || credit.data === undefined) return children(true);
  const choices = choicesOf(session.price, packages.data, credit.data);
  if (choices.length === 0) return children(false);
  return (
    <Choose
      session={session}
      packages={packages.data}
      credit={credit.data}
      choices={choices}
      onPaid={onPaid}
      onPay={(use) => {
        onUseCredit(use);
        setSettled(true);
      }}
    />
  );
}

type ChooseProps = {
  session: SessionOut;
  packages: readonly PackageOut[];
  credit: CreditOut;
  choices: readonly Choice[];
  onPay: (useCredit: boolean) => void;
  onPaid: () => void;
};

const WITHOUT = "without";

function Choose({ session, packages, credit, choices, onPay, onPaid }: ChooseProps) {
  const { time_zone: zone } = useUser();
  const [chosen, setChosen] = useState<string>(choices[0] ?? WITHOUT);
  const use = useCreditOfPackage(session.id);
  const cover = useCover(session.id);
  const balance = creditIn(session.price, credit);
  const left = { ...session.price, amount: Math.max(0, session.price.amount - balance.amount) };
  const error = use.error ?? cover.error;
  const stale = hasCode(error, "hold_expired", "not_payable");

  const payTheRest = (refused: Error) => {
    if (hasCode(refused, "credit_too_low")) onPay(true);
    else onPaid();
  };
  const goOn = () => {
    use.reset();
    cover.reset();
    if (chosen === WITHOUT) onPay(false);
    else if (chosen !== "credit") use.mutate(chosen, { onSettled: onPaid });
    // A discount may lower the price below the credit; only the server knows.
    else cover.mutate(undefined, { onSuccess: onPaid, onError: payTheRest });
  };
  return (
    <Card className="grid gap-5">
      <h2 id="prepaid" className="text-xl">
        {t("You have paid ahead")}
      </h2>
      <RadioCards
        aria-labelledby="prepaid"
        value={chosen}
        onValueChange={setChosen}
        disabled={use.isPending || cover.isPending}
      >
        {packages.map((one) => (
          <RadioCard key={one.id} value={one.id} title={t("Use one session of your package")}>
            {t("{left} of {all} left, until {day}. Nothing is charged.", {
              left: one.credits_left,
              all: one.sessions,
              day: formatDay(one.expires_at ?? one.created_at, zone),
            })}
          </RadioCard>
        ))}
        {balance.amount > 0 ? (
          <RadioCard
            value="credit"
            title={t("Use your credit of {amount}", { amount: formatMoney(balance) })}
          >
            {left.amount > 0
              ? t("{amount} is left to pay by card or PayPal.", { amount: formatMoney(left) })
              : t("It pays for all of it. Nothing is charged.")}
          </RadioCard>
        ) : null}
        <RadioCard value={WITHOUT} title={t("Pay by card or PayPal")}>
          {t("{amount}; what you have paid ahead stays for another session.", {
            amount: formatMoney(session.price),
          })}
        </RadioCard>
      </RadioCards>
      {error === null || stale ? null : <ErrorState error={error} />}
      <Button size="lg" className="w-full" busy={use.isPending || cover.isPending} onClick={goOn}>
        {labelOf(chosen, left.amount)}
      </Button>
    </Card>
  );
}

function labelOf(chosen: string, leftMinor: number): string {
  if (chosen === WITHOUT) return t("Go on to the payment");
  if (chosen === "credit") {
    return leftMinor > 0 ? t("Go on to the payment") : t("Pay with your credit");
  }
  return t("Book with your package");
}
