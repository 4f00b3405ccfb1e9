import { useEffect, useState } from "react";
import { Navigate, Outlet, useLocation, useMatches } from "react-router";
import { Opening } from "@/app/opening";
import type { RouteHandle } from "@/app/router";
import { Shell } from "@/app/shell";
import { ErrorState } from "@/components/ui/error-state";
import { Toaster } from "@/components/ui/toaster";
import { ConsentBanner } from "@/features/settings/components/consent-banner";
import { useAuth } from "@/lib/auth";
import { follow, type Language, t } from "@/lib/i18n";
import { isOnline } from "@/lib/online";
import { paths } from "@/lib/paths";
import { token } from "@/lib/token";
import { useArrived } from "@/lib/use-arrived";

/** Pages of signed-in people. Without a token: the login page, which knows where to come back. */
export function Component() {
  const { state, signOut } = useAuth();
  const { pathname, search, hash } = useLocation();
  const arrived = useArrived(state.status === "signed-in");
  const focused = useMatches().some((match) => (match.handle as RouteHandle | undefined)?.focused);

  if (state.status === "signed-out") {
    const next = token.absence() === "left" ? undefined : pathname + search + hash;
    const wish = next === paths.home() ? undefined : next;
    return <Navigate to={paths.login(wish === undefined ? {} : { next: wish })} replace />;
  }
  if (state.status === "failed") {
    return (
      <main id="main" className="mx-auto max-w-xl px-4 py-16">
        <title>{t("{title} · Counterfoil", { title: t("No sign-in") })}</title>
        <h1 className="mb-4 text-3xl">{t("Your sign-in could not be checked")}</h1>
        <ErrorState error={state.error} onRetry={state.retry} />
      </main>
    );
  }
  if (state.status === "checking" || !arrived) return <Opening />;
  return (
    <>
      <InTheirLanguage language={state.user.language} />
      <Shell user={state.user} onSignOut={signOut}>
        {focused ? null : <ConsentBanner />}
        <Outlet />
      </Shell>
      <Toaster />
    </>
  );
}

/** Whoever has just arrived is met in their own language; a later change waits for the next page. */
function InTheirLanguage({ language }: { language: Language }) {
  const [onArrival] = useState(language);
  useEffect(() => {
    if (isOnline()) follow(onArrival);
  }, [onArrival]);
  return null;
}
