import { RefreshCw, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { takeNewVersion, useNewVersion } from "@/app/offline/worker";
import { t } from "@/lib/i18n";
import { useOnline } from "@/lib/online";

/** What is to be known on every page, laid over its upper edge: nothing below it moves. */
export function Notices() {
  const online = useOnline();
  const newer = useNewVersion();
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 top-16 z-20 grid justify-items-center gap-1 px-4 print:hidden"
    >
      {online ? null : (
        <Notice>
          <WifiOff aria-hidden="true" className="size-4 shrink-0" />
          {t("You are offline.")}
          <span className="hidden sm:inline">{t("Pages come back with the connection.")}</span>
        </Notice>
      )}
      {newer && online ? (
        <Notice>
          <RefreshCw aria-hidden="true" className="size-4 shrink-0" />
          {t("A new version is there.")}
          <button
            type="button"
            onClick={takeNewVersion}
            className="-my-1 min-h-8 cursor-pointer rounded-sm px-2 font-semibold underline underline-offset-4"
          >
            {t("Reload")}
          </button>
        </Notice>
      ) : null}
    </div>
  );
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <div className="pointer-events-auto flex items-center gap-2 rounded-b-md border border-t-0 border-line-strong bg-card px-3 py-1 text-sm text-ink shadow-lg">
      {children}
    </div>
  );
}
