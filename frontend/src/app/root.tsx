import { Outlet, ScrollRestoration, useNavigation } from "react-router";
import { t } from "@/lib/i18n";
import { Notices } from "@/app/offline/notices";

/** Around every page: where it was scrolled to, and a line that grows while the next is fetched. */
export function Root() {
  const { state } = useNavigation();
  return (
    <>
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-4 py-3 font-semibold text-accent-ink focus:translate-y-0"
      >
        {t("Skip to the content")}
      </a>
      {state === "loading" ? (
        <div
          aria-hidden="true"
          className="fixed inset-x-0 top-0 z-50 h-0.5 origin-left animate-[cf-advance_4s_ease-out_150ms_both] bg-accent"
        />
      ) : null}
      <Notices />
      <Outlet />
      <ScrollRestoration />
    </>
  );
}
