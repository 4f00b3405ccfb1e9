import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Spinner } from "@/components/ui/spinner";
import { payoutAccountQuery, useOpenAccount } from "@/features/earnings/api/payout-account";
import { AccountForm } from "@/features/earnings/components/account-form";
import { ChangeAccount } from "@/features/earnings/components/change-account";
import { Part } from "@/features/earnings/components/part";
import { useReturn } from "@/features/earnings/hooks/use-return";
import { accountState, gatewayName, wantedOf } from "@/features/earnings/words";
import type { PayoutAccountItem } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { t } from "@/lib/i18n";
import { formatInstant } from "@/lib/time";

/** Where payouts go, what the gateway still wants, and the way to its form. */
export function PayoutAccountCard() {
  const account = useQuery(payoutAccountQuery);
  const { waits, check } = useReturn();
  return (
    <Part title={t("Payout account")}>
      {check.isError ? (
        <ErrorState
          error={check.error}
          title={t("The gateway could not be asked about your account")}
          onRetry={() => check.mutate()}
          retrying={check.isPending}
        />
      ) : null}
      {waits ? (
        <div role="status" className="flex min-h-36 items-center gap-3">
          <Spinner className="size-6 shrink-0 text-accent" />
          <p>{t("One moment: we ask the gateway how your account stands now.")}</p>
        </div>
      ) : account.data === undefined ? (
        account.isError ? (
          <ErrorState
            error={account.error}
            title={t("Your payout account could not be read")}
            onRetry={() => void account.refetch()}
            retrying={account.isFetching}
          />
        ) : (
          <Loading what={t("your payout account")}>
            <Skeleton className="h-36 w-full" />
          </Loading>
        )
      ) : account.data.data.account === null ? (
        <div className="grid gap-4">
          <p className="text-ink-soft">
            {t(
              "You have none yet, so nothing can be paid out. You open one at Stripe or PayPal, which ask you for your bank details and who you are. We do not get to see either.",
            )}
          </p>
          <AccountForm />
        </div>
      ) : (
        <Standing account={account.data.data.account} tag={account.data.tag} />
      )}
    </Part>
  );
}

function Standing({ account, tag }: { account: PayoutAccountItem; tag: string }) {
  const { time_zone: zone } = useUser();
  const open = useOpenAccount();
  const name = gatewayName(account.gateway);
  const state = accountState(account);
  const wanted = wantedOf(account);
  const ready = account.status === "active";
  const from = account.usable_from;
  const goOn = () =>
    open.mutate({
      body: {
        gateway: account.gateway === "paypal" ? "paypal" : "stripe",
        country: "",
        replace: false,
      },
    });
  return (
    <div className="grid gap-4">
      <div className="grid gap-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {t("{name}, in {currency}", { name, currency: account.currency })}{" "}
          <Badge tone={state.tone}>{state.label}</Badge>
        </p>
        <p className="text-ink-soft">{state.words}</p>
        {from !== null && Date.parse(from) > serverNow() ? (
          <p className="text-ink-soft">
            {t(
              "It is paid from {time} on: a changed account waits some days, so that you notice a change which was not yours.",
              { time: formatInstant(from, zone) },
            )}
          </p>
        ) : null}
      </div>
      {wanted.length === 0 ? null : (
        <div className="grid gap-1">
          <p className="font-medium">{t("{name} still wants:", { name })}</p>
          <ul className="list-disc pl-5 text-ink-soft">
            {wanted.map((one) => (
              <li key={one} className="break-words">
                {one}
              </li>
            ))}
          </ul>
        </div>
      )}
      {open.isError ? (
        <ErrorState
          error={open.error}
          title={t("The page at {name} could not be opened", { name })}
        />
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button variant={ready ? "secondary" : "primary"} busy={open.isPending} onClick={goOn}>
          {ready ? t("Change your details at {name}", { name }) : t("Go on at {name}", { name })}
          <ExternalLink aria-hidden="true" />
        </Button>
        <ChangeAccount tag={tag} />
      </div>
      <p className="text-sm text-ink-soft">
        {t("You leave Counterfoil for {name} and come back when you are done.", { name })}
      </p>
    </div>
  );
}
