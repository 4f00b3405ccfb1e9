import { WifiOff } from "lucide-react";
import type { StreamState } from "@/features/messages/stream";
import { t } from "@/lib/i18n";

/** Says that new messages do not come at present, over the thread: nothing moves for it. */
export function ConnectionNote({ state }: { state: StreamState }) {
  return (
    <div role="status" className="absolute inset-x-0 top-full z-10 grid justify-items-center">
      {state === "waiting" ? (
        <p className="mt-2 flex items-center gap-2 rounded-md bg-warning-bg px-3 py-1.5 text-sm text-warning">
          <WifiOff aria-hidden="true" className="size-4 shrink-0" />
          {t("No connection. It is tried again; nothing is lost.")}
        </p>
      ) : null}
    </div>
  );
}
