import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { beginSocial, loginPasskey, providersQuery } from "@/features/auth/api/account";
import type { ProviderOut } from "@/lib/api-types";
import { useAuth } from "@/lib/auth";
import { goElsewhere } from "@/lib/elsewhere";
import { t } from "@/lib/i18n";
import { knowsPasskeys, wasClosed } from "@/lib/passkeys";
import { safeNext } from "@/lib/paths";
import { wordsFor } from "@/lib/problem";

/** A passkey, and the sites that the installation names; nothing where there is neither. */
export function OtherWays({ next }: { next: string | undefined }) {
  const { signIn } = useAuth();
  const providers = useQuery(providersQuery);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const sites = providers.data?.items ?? [];
  if (!knowsPasskeys() && sites.length === 0) return null;

  const attempt = async (way: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    try {
      await way();
    } catch (error) {
      if (!wasClosed(error)) setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const visit = (site: ProviderOut) =>
    attempt(async () => {
      const begun = await beginSocial(site.id);
      const wish = {
        ceremony: begun.ceremony,
        wish: "sign-in",
        next: safeNext(next ?? null),
      } as const;
      goElsewhere(wish, begun.authorization_url);
    });

  return (
    <div className="grid gap-3 border-t border-line pt-5">
      {failure === null ? null : <Alert tone="danger">{wordsFor(failure).detail}</Alert>}
      {knowsPasskeys() ? (
        <Button
          variant="secondary"
          busy={busy}
          onClick={() => void attempt(async () => signIn(await loginPasskey(null)))}
        >
          {t("Sign in with a passkey")}
        </Button>
      ) : null}
      {sites.map((site) => (
        <Button key={site.id} variant="secondary" busy={busy} onClick={() => void visit(site)}>
          {t("Continue with {site}", { site: site.name })}
        </Button>
      ))}
    </div>
  );
}
