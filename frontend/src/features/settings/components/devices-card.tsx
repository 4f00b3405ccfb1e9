import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { devicesQuery, signDeviceOut, signOthersOut } from "@/features/settings/api/sign-in";
import { useDeed } from "@/features/settings/hooks/use-deed";
import type { SignInOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { formatBrief } from "@/lib/time";

/** Where the reader is signed in; this device cannot sign itself out here. */
export function DevicesCard() {
  const client = useQueryClient();
  const { time_zone: zone } = useUser();
  const devices = useQuery(devicesQuery);
  const deed = useDeed();
  const items = devices.data?.items;
  const end = (work: () => Promise<unknown>) =>
    void deed.run(async () => {
      await work();
      await client.invalidateQueries({ queryKey: devicesQuery.queryKey });
    });

  return (
    <Card className="grid gap-4">
      <h2 className="text-lg">{t("Signed-in devices")}</h2>
      {deed.failure === null ? null : (
        <ErrorState error={deed.failure} title={t("The device stays signed in")} />
      )}
      {items === undefined && devices.isError ? (
        <ErrorState
          error={devices.error}
          title={t("Your devices could not be read")}
          onRetry={() => void devices.refetch()}
          retrying={devices.isFetching}
        />
      ) : null}
      {items === undefined && !devices.isError ? (
        <Loading what={t("your devices")}>
          <Skeleton className="h-16 w-full" />
        </Loading>
      ) : null}
      {items === undefined ? null : (
        <ul className="divide-y divide-line">
          {items.map((device) => (
            <li
              key={device.id}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3"
            >
              <div className="min-w-0 flex-1">
                <p className="font-medium break-words" title={device.user_agent || undefined}>
                  {nameOf(device)}
                </p>
                <p className="text-sm text-ink-soft">
                  {device.source} ·{" "}
                  {t("used {time}", { time: formatBrief(device.last_used_at, zone) })}
                </p>
              </div>
              {device.current ? (
                <Badge tone="success">{t("This device")}</Badge>
              ) : (
                <Button
                  variant="ghost"
                  size="sm"
                  busy={deed.busy}
                  onClick={() => end(() => signDeviceOut(device.id))}
                >
                  {t("Sign out")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {items !== undefined && items.length > 1 ? (
        <Button
          variant="secondary"
          className="justify-self-start"
          busy={deed.busy}
          onClick={() => end(signOthersOut)}
        >
          {t("Sign all others out")}
        </Button>
      ) : null}
    </Card>
  );
}

/** As its person calls it; what it says of itself where that is not known. */
function nameOf({ browser, system, user_agent: said }: SignInOut): string {
  if (browser !== "" && system !== "") return t("{browser} on {system}", { browser, system });
  return browser || system || said || t("Unknown device");
}
