import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Money } from "@/components/ui/money";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Words } from "@/components/words";
import { useReferral } from "@/features/payments/api/payments";
import { movementWords } from "@/features/payments/words";
import type { CreditMovementOut, CreditOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { creditQuery } from "@/lib/packages";
import { formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

const LONGEST_CODE = 20;

/** What a client has to spend, how it came to be, and how to have more of it. */
export function CreditPart() {
  const credit = useQuery(creditQuery);
  if (credit.isPending) {
    return (
      <Loading what={t("your credit")}>
        <Skeleton className="h-40 rounded-lg" />
      </Loading>
    );
  }
  if (credit.data === undefined) {
    return (
      <ErrorState
        error={credit.error}
        title={t("Your credit could not be read")}
        onRetry={() => void credit.refetch()}
        retrying={credit.isFetching}
      />
    );
  }
  return <Known credit={credit.data} />;
}

function Known({ credit }: { credit: CreditOut }) {
  const balances = credit.balances.filter(({ amount }) => amount > 0);
  return (
    <Card className="grid gap-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="text-xl">{t("Your credit")}</h2>
        <span className="flex flex-wrap gap-x-4">
          {balances.map((balance) => (
            <Money key={balance.currency} value={balance} className="ticket__amount" />
          ))}
        </span>
      </div>
      <p className="text-ink-soft">
        {balances.length > 0
          ? t("It can lower the price of your next session: you choose that at the payment.")
          : t("You have none at present.")}{" "}
        <Words
          text="Who brings others earns some: your code is <code>{code}</code>."
          values={{ code: credit.referral_code }}
          parts={{ code: <strong className="font-mono text-ink select-all" /> }}
        />{" "}
        <CopyCode code={credit.referral_code} />
      </p>
      {credit.movements.length > 0 ? (
        <details>
          <summary className="inline-flex min-h-6 cursor-pointer items-center font-medium text-accent">
            {t("Where it came from and went")}
          </summary>
          <Movements movements={credit.movements} />
        </details>
      ) : (
        <Brought />
      )}
    </Card>
  );
}

function CopyCode({ code }: { code: string }) {
  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => toast.success(t("The code is copied.")),
      () => toast.error(t("The code could not be copied. Select it and copy it by hand.")),
    );
  return (
    <Button variant="ghost" size="inline" className="min-h-6" onClick={() => void copy()}>
      <Copy aria-hidden="true" />
      {t("Copy the code")}
    </Button>
  );
}

function Movements({ movements }: { movements: readonly CreditMovementOut[] }) {
  const { time_zone: zone } = useUser();
  return (
    <ul className="mt-2 divide-y divide-line border-y border-line">
      {movements.map(({ amount, kind, created_at: at }) => (
        <li
          key={at + kind + String(amount.amount)}
          className="flex items-baseline justify-between gap-4 py-2"
        >
          <span>
            {movementWords(kind)}
            <time dateTime={at} className="tabular block text-sm text-ink-soft">
              {formatInstant(at, zone)}
            </time>
          </span>
          <Money value={amount} />
        </li>
      ))}
    </ul>
  );
}

/** Who came by somebody says so, once and before the first purchase. */
function Brought() {
  const referral = useReferral();
  const [code, setCode] = useState("");
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (code.trim() === "") return;
    referral.mutate(
      { code: code.trim() },
      { onSuccess: () => toast.success(t("Thank you: we have written down who brought you.")) },
    );
  };
  if (referral.isSuccess) return null;
  return (
    <details>
      <summary className="inline-flex min-h-6 cursor-pointer items-center font-medium text-accent">
        {t("Somebody brought you?")}
      </summary>
      <form className="mt-3 grid max-w-sm gap-3" onSubmit={send}>
        <Field
          label={t("Their code")}
          hint={t("It counts before your first purchase. They earn credit by your first session.")}
        >
          <Input
            value={code}
            maxLength={LONGEST_CODE}
            autoComplete="off"
            onChange={(event) => setCode(event.target.value)}
          />
        </Field>
        {referral.isError ? <ErrorState error={referral.error} /> : null}
        <Button
          type="submit"
          variant="secondary"
          size="sm"
          className="justify-self-start"
          busy={referral.isPending}
        >
          {t("Send the code")}
        </Button>
      </form>
    </details>
  );
}
