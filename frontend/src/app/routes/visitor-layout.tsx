import { Navigate, Outlet, useLocation, useSearchParams } from "react-router";
import { LanguageSwitch } from "@/app/language-switch";
import { Opening } from "@/app/opening";
import { Wordmark } from "@/app/wordmark";
import { useAuth } from "@/lib/auth";
import { paths, safeNext } from "@/lib/paths";

// A mail's link is worked off also for somebody who is signed in already.
const ALSO_FOR_MEMBERS = new Set([
  paths.verify(),
  paths.reset(),
  paths.undoEmail(),
  paths.social(),
]);

/** Pages before the sign-in. Whoever is signed in goes on to where they wanted to go. */
export function Component() {
  const { state } = useAuth();
  const { pathname } = useLocation();
  const [search] = useSearchParams();

  if (!ALSO_FOR_MEMBERS.has(pathname)) {
    if (state.status === "signed-in") return <Navigate to={safeNext(search.get("next"))} replace />;
    if (state.status === "checking") return <Opening />;
  }
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-16 items-center justify-center border-b border-line bg-card px-4">
        <a href={paths.public.home()} className="flex rounded-sm">
          <Wordmark />
        </a>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-md flex-1 px-4 py-8 sm:py-14">
        <Outlet />
      </main>
      {state.status === "signed-in" ? null : (
        <footer className="px-4 pb-6">
          <LanguageSwitch />
        </footer>
      )}
    </div>
  );
}
