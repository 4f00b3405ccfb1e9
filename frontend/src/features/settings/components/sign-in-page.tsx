import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import {
  connectionsQuery,
  devicesQuery,
  mfaQuery,
  providersQuery,
} from "@/features/settings/api/sign-in";
import { AddressCard } from "@/features/settings/components/address-card";
import { AppCard } from "@/features/settings/components/app-card";
import { DevicesCard } from "@/features/settings/components/devices-card";
import { PasskeysCard } from "@/features/settings/components/passkeys-card";
import { ProofDialog } from "@/features/settings/components/proof-dialog";
import { SocialCard } from "@/features/settings/components/social-card";
import { useDeed } from "@/features/settings/hooks/use-deed";
import { t } from "@/lib/i18n";
import { useTogether } from "@/lib/use-together";

/** How the reader signs in, and from where. */
export function SignInPage() {
  const client = useQueryClient();
  const mfa = useQuery(mfaQuery);
  const together = useTogether(mfa, ...useOthers());
  const deed = useDeed();
  const [codes, setCodes] = useState<readonly string[]>([]);

  const change = (work: () => Promise<{ recovery_codes: string[] } | undefined>) =>
    deed.run(async () => {
      const made = await work();
      if (made !== undefined && made.recovery_codes.length > 0) setCodes(made.recovery_codes);
      await client.invalidateQueries({ queryKey: ["users"] });
    });

  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <div className="grid gap-1">
        <PageHeading title={t("Signing in")} />
        <p className="text-ink-soft">{t("Whatever changes here is told by e-mail as well.")}</p>
      </div>
      {deed.failure === null ? null : (
        <ErrorState error={deed.failure} title={t("Nothing was changed")} />
      )}
      {codes.length === 0 ? null : <RecoveryCodes codes={codes} />}
      <AddressCard deed={deed} />
      {together ? null : (
        <Loading what={t("how you sign in")} className="grid gap-6">
          {[0, 1, 2].map((card) => (
            <Card key={card}>
              <Skeleton className="h-44 w-full" />
            </Card>
          ))}
        </Loading>
      )}
      <div className={together ? "contents" : "hidden"}>
        {mfa.data === undefined ? (
          mfa.isError ? (
            <ErrorState
              error={mfa.error}
              title={t("Your second factor could not be read")}
              onRetry={() => void mfa.refetch()}
              retrying={mfa.isFetching}
            />
          ) : (
            <Loading what={t("how you sign in")}>
              <Card>
                <Skeleton className="h-24 w-full" />
              </Card>
            </Loading>
          )
        ) : (
          <>
            <AppCard mfa={mfa.data} busy={deed.busy} change={change} />
            <PasskeysCard mfa={mfa.data} busy={deed.busy} change={change} />
          </>
        )}
        <SocialCard deed={deed} />
        <DevicesCard />
      </div>
      <ProofDialog deed={deed} />
    </div>
  );
}

/** What the cards below the second factor show. */
function useOthers() {
  const devices = useQuery(devicesQuery);
  const sites = useQuery(providersQuery);
  const named = (sites.data?.items.length ?? 0) > 0;
  const connections = useQuery({ ...connectionsQuery, enabled: named });
  return named ? [devices, sites, connections] : [devices, sites];
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <Alert tone="warning" title={t("Keep your recovery codes now")}>
      <p>{t("Each signs in once in place of your app or passkey. They are not shown again.")}</p>
      <ul className="tabular mt-2 grid grid-cols-2 gap-x-6 gap-y-1 font-mono text-ink">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Alert>
  );
}
