import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import {
  beginConnecting,
  connectionsQuery,
  disconnect,
  providersQuery,
} from "@/features/settings/api/sign-in";
import type { Deed } from "@/features/settings/hooks/use-deed";
import type { ProviderOut } from "@/lib/api-types";
import { goElsewhere } from "@/lib/elsewhere";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

/** Other sites that sign in to this account; nothing where the installation names none. */
export function SocialCard({ deed }: { deed: Deed }) {
  const client = useQueryClient();
  const sites = useQuery(providersQuery).data?.items ?? [];
  const connections = useQuery({ ...connectionsQuery, enabled: sites.length > 0 }).data;
  if (sites.length === 0 || connections === undefined) return null;

  const connect = (site: ProviderOut) =>
    deed.run(async () => {
      const begun = await beginConnecting(site.id);
      const wish = {
        ceremony: begun.ceremony,
        wish: "connect",
        next: paths.signInSettings(),
      } as const;
      goElsewhere(wish, begun.authorization_url);
    });
  const remove = (site: ProviderOut) =>
    deed.run(async () => {
      await disconnect(site.id);
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
    });

  return (
    <Card className="grid gap-4">
      <h2 className="text-lg">{t("Other sites")}</h2>
      <ul className="divide-y divide-line">
        {sites.map((site) => {
          const connected = connections.items.some(({ provider }) => provider === site.id);
          return (
            <li
              key={site.id}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3"
            >
              <p className="font-medium">{site.name}</p>
              <Button
                variant={connected ? "ghost" : "secondary"}
                size="sm"
                busy={deed.busy}
                aria-label={
                  connected
                    ? t("Disconnect {site}", { site: site.name })
                    : t("Connect {site}", { site: site.name })
                }
                onClick={() => void (connected ? remove(site) : connect(site))}
              >
                {connected ? t("Disconnect") : t("Connect")}
              </Button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
